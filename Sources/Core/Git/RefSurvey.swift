import CGit2
import SystemSupport
import ByteStrings
import SystemPackage

/// Which commits, tags and notes of a repository no remote elsewhere is known to have.
struct RefSurvey {
  private let repository: OpaquePointer
  private let common: FilePath
  private let gitDirectory: FilePath
  private let remotes: [(name: String, isElsewhere: Bool)]
  private let hasSubversion: Bool
  private let email: String?

  init(
    _ handle: borrowing RepositoryHandle, _ configuration: borrowing Configuration, _ common: FilePath,
    _ gitDirectory: FilePath
  ) throws(GitError) {
    repository = handle.raw
    self.common = common
    self.gitDirectory = gitDirectory
    let entries = try configuration.entries { key in
      let name = String(cString: key)
      return name.begins(with: "remote.") || name.begins(with: "url.") || name.begins(with: "svn-remote.")
    }
    remotes = RemotePlace.remotes(in: entries)
    hasSubversion = entries.contains { $0.key.begins(with: "svn-remote.") && $0.key.ends(with: ".url") }
    email = try configuration.string("user.email")
  }

  func read(_ work: inout UnsavedWork) throws(GitError) {
    work.remotesHere = remotes.filter { !$0.isElsewhere }.map(\.name)
    work.hasRemoteElsewhere = hasSubversion || remotes.contains(where: \.isElsewhere)
    let refs = try all()
    let fetched = (try? Files.read(gitDirectory.appending("FETCH_HEAD"), limit: Limits.packedRefs)) ?? []
    let known = Set(refs.filter { isElsewhere($0.name) }.map(\.id))
    var tips: [(name: String, id: ObjectID)] = []
    var tags: [(name: String, id: ObjectID, commit: ObjectID?)] = []
    for (name, id) in refs where !isRemote(name) {
      if name == "refs/stash" || name.begins(with: "refs/jj/") { continue }
      if name.begins(with: "refs/tags/") {
        let commit = commit(of: id)
        tags.append((name, id, commit))
        if let commit { tips.append((name, commit)) }
      } else if name.begins(with: "refs/notes/") || name.begins(with: "refs/replace/") {
        if !known.contains(id), !Self.names(fetched, id) { work.notes.append(String(name.dropFirst(5))) }
      } else if let commit = commit(of: id) {
        tips.append((name, commit))
      }
    }
    tips += try heads()
    let commits = try History.commits(in: tips.map(\.id), beyond: known, of: repository)
    work.commits = commits.count
    var sources: Set<String> = []
    for (name, id) in tips where commits.contains(id) && sources.insert(name).inserted {
      work.sources.append(StateReader.short(name))
    }
    work.tags = try unshown(tags.filter { tag in !(tag.commit.map(commits.contains) ?? false) }, fetched)
  }

  // MARK: Refs

  private func all() throws(GitError) -> [(name: String, id: ObjectID)] {
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

  private func isRemote(_ name: String) -> Bool {
    name.begins(with: "refs/remotes/") || name.begins(with: "refs/prefetch/")
  }

  /// Whether a ref says what a remote elsewhere has.
  private func isElsewhere(_ name: String) -> Bool {
    guard isRemote(name) else { return false }
    let start = name.begins(with: "refs/prefetch/") ? "refs/prefetch/remotes/" : "refs/remotes/"
    guard name.begins(with: start) else { return false }
    let rest = name.dropFirst(start.count)
    // A remote's name may have slashes in it.
    let owner = remotes.filter { rest.begins(with: $0.name + "/") }.max {
      $0.name.utf8.count < $1.name.utf8.count
    }
    return owner?.isElsewhere ?? hasSubversion
  }

  private func commit(of id: ObjectID) -> ObjectID? {
    var raw = id.raw
    var object: OpaquePointer?
    guard git_object_lookup(&object, repository, &raw, GIT_OBJECT_ANY) == 0 else { return nil }
    defer { git_object_free(object) }
    var peeled: OpaquePointer?
    guard git_object_peel(&peeled, object, GIT_OBJECT_COMMIT) == 0 else { return nil }
    defer { git_object_free(peeled) }
    return ObjectID(git_object_id(peeled))
  }

  // MARK: HEAD

  /// The commits of every work tree's HEAD, and those that were made with HEAD detached and left behind.
  private func heads() throws(GitError) -> [(name: String, id: ObjectID)] {
    var folders = [common]
    for name in (try? Files.names(in: common.appending("worktrees"))) ?? [] {
      folders.append(common.appending("worktrees").pushing(FilePath(bytes: name)))
    }
    var found: [(String, ObjectID)] = []
    for folder in folders {
      Watch.sign()
      let head = (try? Files.read(folder.appending("HEAD"), limit: Limits.smallFile)) ?? []
      let detached = ObjectID(hex: String(decoding: head.prefix(40), as: UTF8.self))
      if let detached, let commit = commit(of: detached) { found.append(("HEAD", commit)) }
      let log = folder.pushing(FilePath("logs/HEAD"))
      guard Files.kind(of: log) == .file else { continue }
      let lines = (try? Files.read(log, limit: Limits.packedRefs)) ?? []
      for id in Self.left(lines, isDetachedNow: detached != nil) {
        if let commit = commit(of: id) { found.append(("reflog of HEAD", commit)) }
      }
    }
    return found
  }

  /// The commits that a reflog of HEAD was moved away from while no branch was checked out.
  ///
  /// From which branch, or commit, a checkout came is what its line says; so what was checked out before is known from there.
  private static func left(_ log: [UInt8], isDetachedNow: Bool) -> Set<ObjectID> {
    var found: Set<ObjectID> = []
    var isDetached = isDetachedNow
    for line in log.split(separator: UInt8(ascii: "\n")).reversed() {
      guard let tab = line.firstIndex(of: UInt8(ascii: "\t")),
        let old = ObjectID(hex: String(decoding: line.prefix(40), as: UTF8.self)), old != .zero
      else { continue }
      let message = String(decoding: line[(tab + 1)...], as: UTF8.self)
      let start = "checkout: moving from "
      if message.begins(with: start) {
        let from = message.dropFirst(start.count).prefix(before: " ")
        isDetached = from.utf8.count >= 7 && from.allSatisfy(\.isHexDigit) && old.hex.begins(with: from)
        if isDetached { found.insert(old) }
      } else if isDetached, message.begins(with: "reset: ") {
        found.insert(old)
      }
    }
    return found
  }

  // MARK: Tags

  private static func names(_ fetched: [UInt8], _ id: ObjectID) -> Bool {
    let hex = Array(id.hex.utf8)
    return fetched.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: hex) }
  }

  /// The tags that nothing shows to have come from a remote. git keeps no record of what it pushed of tags, so evidence is: what
  /// was fetched last, when a ref was written, and who made the tag when.
  private func unshown(
    _ tags: [(name: String, id: ObjectID, commit: ObjectID?)], _ fetched: [UInt8]
  ) throws(GitError) -> [String] {
    guard !tags.isEmpty else { return [] }
    let times = FetchTimes(common, gitDirectory)
    let listed = Set(
      fetched.split(separator: UInt8(ascii: "\n")).compactMap {
        ObjectID(hex: String(decoding: $0.prefix(40), as: UTF8.self))
      })
    return tags.filter { tag in
      if listed.contains(tag.id) { return false }
      let file = common.pushing(FilePath(text: tag.name))
      let status = Stat(at: file, followingLinks: false)
      let isLoose = status != nil
      if let status, times.contains(status.modified.components.seconds) { return false }
      if let (tagger, time) = tagger(of: tag.id) {
        if let email, !tagger.hasSameBytes(as: email) { return false }
        // Made before the repository was cloned, so it came with it.
        if let cloned = times.cloned, time < cloned { return false }
        return true
      }
      // A light-weight tag that git has packed says nothing of where it is from.
      return isLoose || tag.commit == nil
    }.map { String($0.name.dropFirst(10)) }
  }

  private func tagger(of id: ObjectID) -> (email: String, time: Int64)? {
    var raw = id.raw
    var tag: OpaquePointer?
    guard git_tag_lookup(&tag, repository, &raw) == 0 else { return nil }
    defer { git_tag_free(tag) }
    guard let signature = git_tag_tagger(tag), let email = signature.pointee.email else { return nil }
    return (ByteText.string(fromC: email), signature.pointee.when.time)
  }
}

/// When a repository was fetched into, as far as its files tell.
private struct FetchTimes {
  /// When it was cloned.
  let cloned: Int64?
  private let times: [Int64]

  init(_ common: FilePath, _ gitDirectory: FilePath) {
    var times: [Int64] = []
    let head = (try? Files.readStart(of: common.pushing(FilePath("logs/HEAD")), count: 1024)) ?? []
    let first = head.prefix { $0 != UInt8(ascii: "\n") }
    let isClone = String(decoding: first, as: UTF8.self).contains("\tclone: ")
    cloned = isClone ? Self.time(of: first) : nil
    var folders = [common.pushing(FilePath("logs/refs/remotes"))]
    var files = 0
    while let folder = folders.popLast(), files < 200 {
      for name in (try? Files.names(in: folder)) ?? [] {
        let path = folder.pushing(FilePath(bytes: name))
        switch Files.kind(of: path, followingLinks: false) {
        case .directory: folders.append(path)
        case .file:
          files += 1
          let log = (try? Files.read(path, limit: 1 << 20)) ?? []
          for line in log.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self)
            guard text.contains("\tfetch") || text.contains("\tpull"), let time = Self.time(of: line) else {
              continue
            }
            times.append(time)
          }
        default: break
        }
      }
    }
    // What the last fetch brought is listed in FETCH_HEAD; what was tagged right behind it is not.
    if let fetched = Stat(at: gitDirectory.appending("FETCH_HEAD"))?.modified.components.seconds {
      times.removeAll { abs($0 - fetched) <= 2 }
    }
    self.times = times
  }

  /// Whether something was fetched at about this time.
  func contains(_ time: Int64) -> Bool { times.contains { abs($0 - time) <= 1 } }

  /// The seconds of a reflog's line.
  private static func time(of line: ArraySlice<UInt8>) -> Int64? {
    let line = line.prefix { $0 != UInt8(ascii: "\t") }
    guard let end = line.lastIndex(of: UInt8(ascii: ">")) else { return nil }
    return line[(end + 1)...].split(separator: UInt8(ascii: " ")).first
      .flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
  }
}

extension RemotePlace {
  /// The remotes that settings have, by their names, and whether each is elsewhere.
  static func remotes(in entries: [(key: String, value: String)]) -> [(name: String, isElsewhere: Bool)] {
    func rewrites(_ variable: String) -> URLRewrites {
      URLRewrites(
        entries.compactMap { key, value in
          RemoteSettings.subsection(of: key, in: "url.", variable: variable).map {
            .init(prefix: value, base: $0)
          }
        })
    }
    var urls: [(name: String, urls: [String], pushes: [String])] = []
    for (key, value) in entries {
      for (variable, isPush) in [(".url", false), (".pushurl", true)] {
        guard let name = RemoteSettings.subsection(of: key, in: "remote.", variable: variable) else {
          continue
        }
        if !urls.contains(where: { $0.name.hasSameBytes(as: name) }) { urls.append((name, [], [])) }
        for index in urls.indices where urls[index].name.hasSameBytes(as: name) {
          if isPush { urls[index].pushes.append(value) } else { urls[index].urls.append(value) }
        }
      }
    }
    if urls.isEmpty { return [] }
    let place = RemotePlace(rewrites: rewrites(".insteadof"), pushRewrites: rewrites(".pushinsteadof"))
    return urls.map { ($0.name, place.isElsewhere(urls: $0.urls, pushes: $0.pushes)) }
  }
}
