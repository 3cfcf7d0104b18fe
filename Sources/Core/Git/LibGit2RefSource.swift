import CGit2
import SystemSupport
import ByteStrings
import SystemPackage

/// The refs of a repository by libgit2.
struct LibGit2RefSource: RefSource {
  private let repository: OpaquePointer
  private let common: FilePath

  /// Of a repository that stays open for as long as this is used.
  init(_ handle: borrowing RepositoryHandle, _ common: FilePath) {
    repository = handle.raw
    self.common = common
  }

  func refs() throws(GitError) -> [(name: String, id: ObjectID)] {
    var iterator: OpaquePointer?
    try check(git_reference_iterator_new(&iterator, repository), "listing the refs of", common.visible)
    defer { git_reference_iterator_free(iterator) }
    var refs: [(String, ObjectID)] = []
    while true {
      var reference: OpaquePointer?
      let code = git_reference_next(&reference, iterator)
      if code == GIT_ITEROVER.rawValue {
        return refs.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
      }
      try check(code, "listing the refs of", common.visible)
      defer { git_reference_free(reference) }
      if refs.count % 1024 == 1023 { Watch.sign() }
      guard let name = git_reference_name(reference), let target = git_reference_target(reference) else {
        continue
      }
      refs.append((ByteText.string(fromC: name), ObjectID(target.pointee)))
    }
  }

  func commit(of id: ObjectID) -> ObjectID? {
    var raw = id.raw
    var object: OpaquePointer?
    guard git_object_lookup(&object, repository, &raw, GIT_OBJECT_ANY) == 0 else { return nil }
    defer { git_object_free(object) }
    var peeled: OpaquePointer?
    guard git_object_peel(&peeled, object, GIT_OBJECT_COMMIT) == 0 else { return nil }
    defer { git_object_free(peeled) }
    return ObjectID(git_object_id(peeled))
  }

  func id(hex: Substring) -> ObjectID? { ObjectID(hex: String(hex)) }

  func hex(of id: ObjectID) -> String { id.hex }

  func commits(in tips: [ObjectID], beyond known: Set<ObjectID>) throws(GitError) -> Set<ObjectID> {
    try History.commits(in: tips, beyond: known, of: repository)
  }

  func tagger(of id: ObjectID) -> (email: String, time: Int64)? {
    var raw = id.raw
    var tag: OpaquePointer?
    guard git_tag_lookup(&tag, repository, &raw) == 0 else { return nil }
    defer { git_tag_free(tag) }
    guard let signature = git_tag_tagger(tag), let email = signature.pointee.email else { return nil }
    return (ByteText.string(fromC: email), signature.pointee.when.time)
  }

  func heads() throws(GitError) -> [(detached: ObjectID?, reflog: [ReflogLine<ObjectID>])] {
    HeadFiles.all(of: common).map {
      (detached: $0.detached.flatMap { ObjectID(hex: $0) }, reflog: $0.lines())
    }
  }
}

/// The HEAD of a work tree and its reflog, as the files that git keeps them in.
struct HeadFiles {
  private let folder: FilePath
  /// The commit that HEAD names; nil where it names a branch.
  let detached: String?

  /// Those of all work trees of a repository.
  static func all(of common: FilePath) -> [HeadFiles] {
    let worktrees = common.appending("worktrees")
    let names = (try? Files.names(in: worktrees)) ?? []
    return ([common] + names.map { worktrees.pushing(FilePath(bytes: $0)) }).map { HeadFiles($0) }
  }

  private init(_ folder: FilePath) {
    self.folder = folder
    let head = (try? Files.read(folder.appending("HEAD"), limit: Limits.smallFile)) ?? []
    let word = String(decoding: head.prefix { $0 > 0x20 }, as: UTF8.self)
    detached =
      [40, 64].contains(word.utf8.count) && word.utf8.allSatisfy { $0 != UInt8(ascii: ":") } ? word : nil
  }

  /// The lines of the reflog.
  func lines() -> [ReflogLine<ObjectID>] {
    let file = folder.pushing(FilePath("logs/HEAD"))
    guard Files.kind(of: file) == .file else { return [] }
    let log = (try? Files.read(file, limit: Limits.packedRefs)) ?? []
    return log.split(separator: UInt8(ascii: "\n")).compactMap { line in
      guard let tab = line.firstIndex(of: UInt8(ascii: "\t")) else { return nil }
      let old = ObjectID(hex: String(decoding: line.prefix(40), as: UTF8.self))
      return ReflogLine(
        old: old == ObjectID.zero ? nil : old, message: String(decoding: line[(tab + 1)...], as: UTF8.self))
    }
  }
}
