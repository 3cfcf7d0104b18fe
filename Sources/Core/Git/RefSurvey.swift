import SystemSupport
import ByteStrings
import SystemPackage

/// What a survey of a repository's refs asks of it, whatever reads it.
protocol RefSource {
  associatedtype ID: Hashable

  /// Every ref, and the object that it names.
  func refs() throws(GitError) -> [(name: String, id: ID)]
  /// The commit that an object is, or that a tag leads to; nil for others.
  func commit(of id: ID) -> ID?
  /// The object of this name; nil where it is not a name.
  func id(hex: Substring) -> ID?
  func hex(of id: ID) -> String
  /// The commits that `tips` have and `known` have not.
  func commits(in tips: [ID], beyond known: Set<ID>) throws(GitError) -> Set<ID>
  /// Who made a tag, by their address, and when; nil for what is not a tag that says so.
  func tagger(of id: ID) -> (email: String, time: Int64)?
  /// The HEAD of each work tree, where that names a commit and no branch, and its reflog, the newest line last.
  func heads() throws(GitError) -> [(detached: ID?, reflog: [ReflogLine<ID>])]
}

/// A line of a reflog.
struct ReflogLine<ID: Hashable> {
  /// What the ref was at before; nil for nothing.
  let old: ID?
  /// What was done.
  let message: String
}

/// Which commits, tags and notes of a repository no remote elsewhere is known to have.
struct RefSurvey<Source: RefSource> {
  let source: Source
  let places: RemotePlaces
  /// `user.email`.
  let email: String?
  let common: FilePath
  let gitDirectory: FilePath

  private typealias ID = Source.ID
  private typealias Tag = (name: String, id: ID, commit: ID?)

  func read(_ work: inout UnsavedWork) throws(GitError) {
    work.remotesHere = places.here
    work.hasRemoteElsewhere = places.hasElsewhere
    let refs = try source.refs()
    let bytes = (try? Files.read(gitDirectory.appending("FETCH_HEAD"), limit: Limits.packedRefs)) ?? []
    // What was fetched last stands there, an object at the beginning of each line.
    let fetched = Set(
      bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
        source.id(hex: String(decoding: line.prefix { $0 != UInt8(ascii: "\t") }, as: UTF8.self)[...])
      })
    let known = Set(refs.filter { places.isElsewhere($0.name) }.map(\.id))
    var tips: [(name: String, id: ID)] = []
    var tags: [Tag] = []
    for (name, id) in refs where !RemotePlaces.isRemote(name) {
      if name == "refs/stash" || name.begins(with: "refs/jj/") { continue }
      if name.begins(with: "refs/tags/") {
        let commit = source.commit(of: id)
        tags.append((name, id, commit))
        if let commit { tips.append((name, commit)) }
      } else if name.begins(with: "refs/notes/") || name.begins(with: "refs/replace/") {
        if !known.contains(id), !fetched.contains(id) { work.notes.append(String(name.dropFirst(5))) }
      } else if let commit = source.commit(of: id) {
        tips.append((name, commit))
      }
    }
    tips += try heads()
    let commits = try source.commits(in: tips.map(\.id), beyond: known)
    work.commits = commits.count
    var sources: Set<ByteString> = []
    for (name, id) in tips where commits.contains(id) && sources.insert(ByteString(name)).inserted {
      work.sources.append(StateReader.short(name))
    }
    work.tags = unshown(tags.filter { tag in !(tag.commit.map(commits.contains) ?? false) }, fetched)
  }

  // MARK: HEAD

  /// The commits of every work tree's HEAD, and those that were made with HEAD detached and left behind.
  private func heads() throws(GitError) -> [(name: String, id: ID)] {
    var found: [(String, ID)] = []
    for (detached, reflog) in try source.heads() {
      Watch.sign()
      if let commit = detached.flatMap(source.commit) { found.append(("HEAD", commit)) }
      for id in left(reflog, isDetachedNow: detached != nil) {
        if let commit = source.commit(of: id) { found.append(("reflog of HEAD", commit)) }
      }
    }
    return found
  }

  /// The commits that a reflog of HEAD was moved away from while no branch was checked out.
  ///
  /// The line of a checkout says which branch or commit was left, and so what was checked out before it.
  private func left(_ log: [ReflogLine<ID>], isDetachedNow: Bool) -> Set<ID> {
    var found: Set<ID> = []
    var isDetached = isDetachedNow
    for line in log.reversed() {
      guard let old = line.old else { continue }
      let start = "checkout: moving from "
      if line.message.begins(with: start) {
        let from = line.message.dropFirst(start.count).prefix(before: " ")
        isDetached =
          from.utf8.count >= 7 && from.allSatisfy(\.isHexDigit) && source.hex(of: old).begins(with: from)
        if isDetached { found.insert(old) }
      } else if isDetached, line.message.begins(with: "reset: ") {
        found.insert(old)
      }
    }
    return found
  }

  // MARK: Tags

  /// The tags that nothing shows to have come from a remote. git keeps no record of the tags that it pushed, so this goes by
  /// evidence: what was fetched last, when a ref was written, and who made the tag and when.
  private func unshown(_ tags: [Tag], _ fetched: Set<ID>) -> [String] {
    guard !tags.isEmpty else { return [] }
    let times = FetchTimes(common, gitDirectory)
    return tags.filter { tag in
      if fetched.contains(tag.id) { return false }
      let file = common.pushing(FilePath(text: tag.name))
      let status = Stat(at: file, followingLinks: false)
      let isLoose = status != nil
      if let status, times.contains(status.modified.components.seconds) { return false }
      if let (tagger, time) = source.tagger(of: tag.id) {
        if let email, !tagger.hasSameBytes(as: email) { return false }
        // Made before the repository was cloned, so it came with it.
        if let cloned = times.cloned, time < cloned { return false }
        return true
      }
      // A packed lightweight tag says nothing about its origin.
      return isLoose || tag.commit == nil
    }.map { String($0.name.dropFirst(10)) }
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
    let isClone = String(decoding: first, as: UTF8.self).holds(text: "\tclone: ")
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
            guard text.holds(text: "\tfetch") || text.holds(text: "\tpull"), let time = Self.time(of: line)
            else {
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
