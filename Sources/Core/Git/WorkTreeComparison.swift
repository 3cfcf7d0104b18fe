import CGit2
import SystemSupport
import ByteStrings
import SystemPackage

/// A directory below the root of a work tree.
struct WorkTreePart {
  /// Relative to the root.
  let path: FilePath

  /// Whether a path of the index is in it.
  func holds(_ name: UnsafePointer<CChar>) -> Bool {
    let bytes = path.bytes
    return CStrings.length(name) > bytes.count && UInt8(bitPattern: name[bytes.count]) == UInt8(ascii: "/")
      && bytes.indices.allSatisfy { UInt8(bitPattern: name[$0]) == bytes[$0] }
  }
}

/// Compares HEAD, the index and the work tree of a repository, and keeps no more of it than numbers.
struct WorkTreeComparison {
  private let repository: OpaquePointer
  private let index: OpaquePointer
  private let entries: IndexSummary
  private let part: WorkTreePart?
  private let workTree: FilePath
  private let subject: String

  /// - Parameter part: the directory below the root whose files count; nil for all.
  init(
    _ repository: OpaquePointer, _ index: OpaquePointer, _ entries: IndexSummary, part: WorkTreePart?,
    workTree: FilePath
  ) {
    self.repository = repository
    self.index = index
    self.entries = entries
    self.part = part
    self.workTree = workTree
    subject = workTree.visible
  }

  /// What was found in the work tree.
  struct Found {
    /// Files that differ, without submodules.
    var changed = 0
    /// Untracked files and directories.
    var untracked = 0
    /// What could not be looked into.
    var unreadable = 0
    /// Whether a `.gitignore` may be ignored itself: there is one among what is ignored.
    var hasIgnoredRules = false
    /// Of those that differ, the regular files by whose bytes that was seen.
    var modified: [[UInt8]] = []
    /// Regular files that had to be read, and have the bytes of their blobs.
    var same: [[UInt8]] = []
  }

  /// How many files are in conflict.
  func conflicts() throws(GitError) -> Int {
    guard git_index_has_conflicts(index) == 1 else { return 0 }
    var iterator: OpaquePointer?
    try check(git_index_conflict_iterator_new(&iterator, index), "reading the conflicts of", subject)
    defer { git_index_conflict_iterator_free(iterator) }
    var count = 0
    var sides: [UnsafePointer<git_index_entry>?] = [nil, nil, nil]
    while true {
      let code = sides.withUnsafeMutableBufferPointer { sides in
        sides.baseAddress.map { git_index_conflict_next($0, $0 + 1, $0 + 2, iterator) } ?? -1
      }
      if code == GIT_ITEROVER.rawValue { return count }
      try check(code, "reading the conflicts of", subject)
      if let part, let path = sides.compactMap({ $0?.pointee.path }).first, !part.holds(path) { continue }
      count += 1
    }
  }

  /// How many files of the index differ from the commit.
  ///
  /// libgit2 takes an entry that is `assume-unchanged` for one that is as in the commit, where git heeds that for the work tree
  /// alone; so they have to be shown first (``IndexSummary/show(_:)``).
  ///
  /// - Parameter head: the commit; nil before the first.
  func staged(head: String?, findingRenames: Bool) throws(GitError) -> Int {
    var tree: OpaquePointer?
    defer { git_tree_free(tree) }
    if let head = head.flatMap({ ObjectID(hex: $0) }) {
      var commit: OpaquePointer?
      var id = head.raw
      try check(git_commit_lookup(&commit, repository, &id), "reading the commit of", "HEAD")
      defer { git_commit_free(commit) }
      try check(git_commit_tree(&tree, commit), "reading the commit of", "HEAD")
    }
    let counter = Counter(entries)
    var diff: OpaquePointer?
    defer { git_diff_free(diff) }
    try withOptions(counter, GIT_DIFF_INCLUDE_TYPECHANGE.rawValue) { options in
      git_diff_tree_to_index(&diff, repository, tree, index, options)
    }
    if findingRenames, counter.added > 0, counter.deleted > 0, counter.added * counter.deleted <= 1_000_000 {
      var options = git_diff_find_options()
      git_diff_find_options_init(&options, UInt32(GIT_DIFF_FIND_OPTIONS_VERSION))
      options.flags = GIT_DIFF_FIND_RENAMES.rawValue
      options.rename_limit = 1000
      Watch.sign(allowing: Limits.graph)
      try check(git_diff_find_similar(diff, &options), "looking for renamed files in", subject)
      Watch.sign()
    }
    return git_diff_num_deltas(diff)
  }

  /// What of the work tree differs from the index.
  func changed(withUntracked: Bool) throws(GitError) -> Found {
    let counter = Counter(entries)
    counter.countsOnly = true
    counter.repository = repository
    counter.workTree = workTree
    var flags =
      GIT_DIFF_INCLUDE_TYPECHANGE.rawValue | GIT_DIFF_INCLUDE_UNREADABLE.rawValue
      | GIT_DIFF_INCLUDE_UNMODIFIED.rawValue
    if withUntracked {
      // libgit2 takes a repository that is not a submodule for ignored.
      flags |= GIT_DIFF_INCLUDE_UNTRACKED.rawValue | GIT_DIFF_INCLUDE_IGNORED.rawValue
    }
    var diff: OpaquePointer?
    defer { git_diff_free(diff) }
    try withOptions(counter, flags) { options in
      git_diff_index_to_workdir(&diff, repository, index, options)
    }
    var found = counter.found
    for position in 0..<git_diff_num_deltas(diff) {
      guard let delta = git_diff_get_delta(diff, position), let path = delta.pointee.new_file.path else {
        continue
      }
      // A directory in the place of a file of the index: git tells that the file is gone, and no more.
      if hasFile(at: path) { continue }
      if delta.pointee.status == GIT_DELTA_IGNORED {
        found.hasIgnoredRules =
          found.hasIgnoredRules || IgnoredHere.mayHoldRules(path, of: workTree, in: repository)
      }
      if delta.pointee.status == GIT_DELTA_UNTRACKED
        || isRepository(path) && !IgnoredHere.isIgnored(path, in: repository)
      {
        found.untracked += 1
      }
    }
    return found
  }

  /// Whether a directory that libgit2 found nothing in is a repository without commits, which git does not take for empty.
  private func isRepository(_ path: UnsafePointer<CChar>) -> Bool {
    GitDirectory.isOne(workTree.pushing(FilePath(platformString: path)).appending(".git"))
  }

  /// Whether the index has a file of the name that a directory has, which ends in a slash.
  private func hasFile(at directory: UnsafePointer<CChar>) -> Bool {
    var name = Array(UnsafeBufferPointer(start: directory, count: CStrings.length(directory)))
    guard name.popLast() == CChar(bitPattern: UInt8(ascii: "/")) else { return false }
    // Of any stage: a file in conflict is one, too.
    return git_index_find(nil, index, name + [0]) == 0
  }

  private func withOptions(
    _ counter: Counter, _ flags: UInt32, _ body: (UnsafePointer<git_diff_options>) -> Int32
  ) throws(GitError) {
    var options = git_diff_options()
    try check(
      git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION)), "comparing the files of", subject)
    options.flags = flags | GIT_DIFF_SKIP_BINARY_CHECK.rawValue
    options.payload = Unmanaged.passUnretained(counter).toOpaque()
    options.notify_cb = { _, delta, _, payload in
      guard let delta, let payload else { return 0 }
      return Unmanaged<Counter>.fromOpaque(payload).takeUnretainedValue().take(delta.pointee)
    }
    options.progress_cb = { _, _, path, payload in
      guard let payload else { return 0 }
      Unmanaged<Counter>.fromOpaque(payload).takeUnretainedValue().reach(path)
      return 0
    }
    let code = withExtendedLifetime(counter) {
      guard let part else { return body(&options) }
      options.flags |= GIT_DIFF_DISABLE_PATHSPEC_MATCH.rawValue
      var path = part.path.cText
      return path.withUnsafeMutableBufferPointer { path in
        var first = path.baseAddress
        return withUnsafeMutablePointer(to: &first) { first in
          options.pathspec = git_strarray(strings: first, count: 1)
          return body(&options)
        }
      }
    }
    try check(code, "comparing the files of", subject)
  }
}

/// Takes what a comparison finds, one at a time.
private final class Counter {
  private let entries: IndexSummary
  /// Whether nothing is kept but untracked directories: a work tree may have millions of files.
  var countsOnly = false
  /// For what libgit2 takes for ignored.
  var repository: OpaquePointer?
  var workTree: FilePath?
  private(set) var added = 0
  private(set) var deleted = 0
  private(set) var found = WorkTreeComparison.Found()

  init(_ entries: IndexSummary) { self.entries = entries }

  /// - Returns: 1 for what is not to be kept, as a git_diff_notify_cb does.
  func take(_ delta: git_diff_delta) -> Int32 {
    guard let path = delta.new_file.path ?? delta.old_file.path else { return 1 }
    if delta.status == GIT_DELTA_CONFLICTED { return 1 }
    if !entries.intentToAdd.isEmpty, entries.intentToAdd.contains(name(path)) { return 1 }
    if countsOnly {
      // libgit2 finds out later whether a directory holds anything but what is ignored.
      if delta.status == GIT_DELTA_UNTRACKED,
        path[CStrings.length(path) - 1] == CChar(bitPattern: UInt8(ascii: "/"))
      {
        return 0
      }
      count(delta, path)
      return 1
    }
    if delta.status == GIT_DELTA_ADDED { added += 1 }
    if delta.status == GIT_DELTA_DELETED { deleted += 1 }
    return 0
  }

  /// Whether it is a `.gitignore`, or a directory that may hold one.
  private func isRules(_ path: UnsafePointer<CChar>) -> Bool {
    guard let workTree, let repository,
      path[CStrings.length(path) - 1] == CChar(bitPattern: UInt8(ascii: "/"))
    else { return FilePath(platformString: path).lastComponent?.string == IgnoredHere.rules }
    return IgnoredHere.mayHoldRules(path, of: workTree, in: repository)
  }

  private func count(_ delta: git_diff_delta, _ path: UnsafePointer<CChar>) {
    switch delta.status {
    case GIT_DELTA_UNTRACKED: found.untracked += 1
    case GIT_DELTA_IGNORED:
      if !found.hasIgnoredRules { found.hasIgnoredRules = isRules(path) }
      guard delta.new_file.mode == 0o160000, let repository else { return }
      var isIgnored: Int32 = 0
      if git_ignore_path_is_ignored(&isIgnored, repository, path) == 0, isIgnored == 0 {
        found.untracked += 1
      }
    case GIT_DELTA_UNREADABLE: found.unreadable += 1
    case GIT_DELTA_UNMODIFIED:
      // It has the id of what is in the work tree only where that was read.
      var id = delta.new_file.id
      if git_oid_is_zero(&id) == 0, isRegular(delta), !isHidden(path) {
        found.same.append(bytes(path))
      }
    default:
      // Submodules are looked at by themselves.
      if delta.old_file.mode == 0o160000 { return }
      if isHidden(path) { return }
      found.changed += 1
      if delta.status == GIT_DELTA_MODIFIED, isRegular(delta) { found.modified.append(bytes(path)) }
    }
  }

  /// Whether it is a regular file on both sides, of one mode.
  private func isRegular(_ delta: git_diff_delta) -> Bool {
    delta.new_file.mode & 0o170000 == 0o100000 && delta.old_file.mode == delta.new_file.mode
  }

  private func isHidden(_ path: UnsafePointer<CChar>) -> Bool {
    !entries.hidden.isEmpty && entries.hidden.contains(name(path))
  }

  private func bytes(_ path: UnsafePointer<CChar>) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: path, count: CStrings.length(path)))
  }

  /// Tells that a file is about to be compared.
  func reach(_ path: UnsafePointer<CChar>?) {
    guard let path, !entries.large.isEmpty, let size = entries.large[name(path)] else { return Watch.sign() }
    Watch.sign(allowing: Double(size / Limits.comparedPerSecond) + 1)
  }

  private func name(_ path: UnsafePointer<CChar>) -> ByteString { ByteString(ByteText.string(fromC: path)) }
}
