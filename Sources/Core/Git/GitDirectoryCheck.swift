import SystemSupport
import ByteStrings
import SystemPackage

/// Checks the files of a git directory before a library or a program opens them: that they are regular files of bounded
/// size.
///
/// libgit2 and git open whatever has the name of such a file, and read it whole. A named pipe there would keep them for
/// ever, a device does as it likes when it is opened. Here every file is only looked at, with its links followed.
enum GitDirectoryCheck {
  // MARK: The repository

  /// Checks the repository that `directory` is, or is in, found as git finds it: from the directory upward.
  static func repository(around directory: FilePath) throws(GitError) {
    let ceilings = (Environment["GIT_CEILING_DIRECTORIES"] ?? "").split(at: ":").map {
      FilePath(text: String($0))
    }
    var place = directory
    while true {
      guard let opened = OpenFile(place, options: .directory) else { return }
      if try found(in: opened.descriptor, place) { return }
      guard place.lastComponent != nil else { return }
      place = place.removingLastComponent()
      if ceilings.contains(place) { return }
    }
  }

  /// Checks what makes a directory a repository, if anything does.
  private static func found(in directory: Int32, _ path: FilePath) throws(GitError) -> Bool {
    let dotGit = path.appending(".git")
    if let status = Stat(".git", in: directory) {
      var target: FilePath?
      if status.kind == .directory {
        target = FilePath(".git")
      } else if status.kind == .file {
        try check(directory, path, ".git", Limits.smallFile)
        target = GitDirectory.contents(directory, ".git", limit: Limits.smallFile)
          .flatMap { GitDirectory.target(ofGitfile: $0) }
      }
      if let target, let opened = OpenFile(target, in: directory, .directory) {
        let name = target.string == ".git" ? dotGit : target.absolute(against: path)
        try gitDirectory(opened.descriptor, name)
        if GitDirectory.isOne(opened.descriptor) { return true }
      }
    }
    // Whether it is a bare repository is asked of every directory on the way.
    try check(directory, path, "commondir", Limits.smallFile)
    guard GitDirectory.isOne(directory) else { return false }
    try gitDirectory(directory, path)
    return true
  }

  /// Checks the files of a git directory that are read whenever it is opened.
  static func gitDirectory(_ path: FilePath) throws(GitError) {
    guard let opened = OpenFile(path, options: .directory) else { return }
    try gitDirectory(opened.descriptor, path)
  }

  private static func gitDirectory(_ directory: Int32, _ path: FilePath) throws(GitError) {
    try check(directory, path, "HEAD", Limits.smallFile)
    try check(directory, path, "gitdir", Limits.smallFile)
    try check(directory, path, "config.worktree", Limits.configuration)
    try check(directory, path, "commondir", Limits.smallFile)
    guard let given = GitDirectory.commonDirectory(of: directory) else {
      try shared(directory, path)
      return try chain(from: "HEAD", [(directory, path)])
    }
    guard let common = OpenFile(given, in: directory, .directory) else { return }
    let commonPath = given.absolute(against: path)
    try shared(common.descriptor, commonPath)
    try chain(from: "HEAD", [(directory, path), (common.descriptor, commonPath)])
  }

  /// Checks the files that all worktrees share.
  private static func shared(_ directory: Int32, _ path: FilePath) throws(GitError) {
    try check(directory, path, "packed-refs", Limits.packedRefs)
    try check(directory, path, "shallow", Limits.list)
    guard try check(directory, path, "config", Limits.configuration) > 0 else { return }
    try IncludedFiles.check(in: path.appending("config"))
  }

  // MARK: Refs

  /// Checks the files of a ref, and of those that it names in turn, in each of these directories.
  private static func chain(
    from name: String, _ directories: [(descriptor: Int32, path: FilePath)]
  ) throws(GitError) {
    var name = name
    // As many as libgit2 follows.
    for _ in 0..<10 {
      var next: String?
      for (descriptor, path) in directories {
        guard try check(descriptor, path, name, Limits.smallFile) > 0, next == nil else { continue }
        next = GitDirectory.contents(descriptor, name, limit: Limits.smallFile).flatMap { target(of: $0) }
      }
      guard let next, next != name else { return }
      name = next
    }
  }

  /// The ref that the bytes of another's file name.
  private static func target(of bytes: [UInt8]) -> String? {
    guard bytes.starts(with: "ref:".utf8), !bytes.contains(0) else { return nil }
    var name = bytes[4...].drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
    while let last = name.last, last <= 0x20 { name.removeLast() }
    return name.isEmpty ? nil : ByteText.string(from: name)
  }

  /// Checks the file of a ref in a git directory.
  static func reference(_ name: String, in directory: FilePath) throws(GitError) {
    try check(
      OpenFile.currentDirectory, FilePath(), directory.pushing(FilePath(text: name)).text, Limits.smallFile)
  }

  // MARK: The index

  /// Checks the index of a git directory, and those that it may be split into.
  static func index(of directory: FilePath) throws(GitError) {
    try check(OpenFile.currentDirectory, FilePath(), directory.appending("index").text, Limits.index)
  }

  /// Checks all that `git` reads to list the files of an index.
  static func indexForProgram(of directory: FilePath) throws(GitError) {
    try gitDirectory(directory)
    try index(of: directory)
    try entries(of: directory, startingWith: "sharedindex.", Limits.index, atMost: 1000)
  }

  // MARK: Objects

  /// Checks the files of an object directory, and of those that it borrows from, that are read to find an object.
  static func objects(_ directory: FilePath) throws(GitError) {
    for objects in try Alternates.checkedDirectories(of: directory) {
      let info = objects.appending("info")
      try check(
        OpenFile.currentDirectory, FilePath(), info.appending("commit-graph").text, Limits.commitGraph)
      try entries(
        of: info.appending("commit-graphs"), startingWith: "", Limits.commitGraph, atMost: Limits.packs)
      try entries(
        of: objects.appending("pack"), startingWith: "", Limits.packIndex, atMost: 4 * Limits.packs,
        unbounded: ".pack")
    }
  }

  /// Checks the list of object directories that one borrows from.
  static func alternates(of objects: FilePath) throws(GitError) {
    try check(OpenFile.currentDirectory, FilePath(), objects.pushing("info/alternates").text, Limits.list)
  }

  // MARK: All that git opens

  /// Checks that nothing which the `git` program opens in a repository keeps it for ever: no named pipe and no device among
  /// its files, its refs and their logs, its objects, and what its worktrees have. How large they are is git's affair here:
  /// it is for what a person would have git do there.
  static func everything(of gitDirectory: FilePath, _ commonDirectory: FilePath) throws(GitError) {
    var seen = 0
    try kinds(in: gitDirectory, depth: 1, &seen)
    if commonDirectory != gitDirectory { try kinds(in: commonDirectory, depth: 1, &seen) }
    for name in directories {
      try kinds(in: commonDirectory.appending(name), depth: Limits.directoryDepth, &seen)
      if commonDirectory != gitDirectory, name != "worktrees" {
        try kinds(in: gitDirectory.appending(name), depth: Limits.directoryDepth, &seen)
      }
    }
    for objects in try Alternates.checkedDirectories(of: commonDirectory.appending("objects")) {
      try kinds(in: objects, depth: 3, &seen)
    }
  }

  /// Those of a git directory that git reads, beside its objects.
  private static let directories = [
    "refs", "logs", "worktrees", "info", "reftable", "rebase-merge", "rebase-apply", "sequencer",
  ]

  /// Checks what the entries of a directory are, and those of its directories, down to so many levels.
  private static func kinds(in directory: FilePath, depth: Int, _ seen: inout Int) throws(GitError) {
    guard var listing = DirectoryEntries(directory) else { return }
    let descriptor = listing.descriptor
    var below: [FilePath] = []
    while let entry = listing.next() {
      seen += 1
      guard seen <= Limits.directoryEntries else {
        throw refused(directory.visible, .tooLarge, "it has more than \(Limits.directoryEntries) files")
      }
      if entry.kind == .file { continue }
      let name = FilePath(bytes: entry.bytes)
      guard let status = Stat(name, in: descriptor) else { continue }
      switch status.type {
      // Opening a socket as a file fails.
      case .regular, .socket: continue
      case .directory: below.append(directory.pushing(name))
      case .fifo: throw refused(directory.pushing(name).visible, .damaged, notRegular("named pipe"))
      default: throw refused(directory.pushing(name).visible, .damaged, notRegular("device"))
      }
    }
    guard depth > 1 else { return }
    for directory in below { try kinds(in: directory, depth: depth - 1, &seen) }
  }

  // MARK: One file

  /// Checks those entries of a directory whose names begin like this.
  ///
  /// - Parameter unbounded: the end of names whose files may have any size.
  private static func entries(
    of directory: FilePath, startingWith start: String, _ limit: Int, atMost count: Int,
    unbounded: String? = nil
  ) throws(GitError) {
    guard var listing = DirectoryEntries(directory) else { return }
    let descriptor = listing.descriptor
    var seen = 0
    while let entry = listing.next() {
      let name = entry.bytes
      guard name.starts(with: start.utf8), entry.kind != .directory else { continue }
      seen += 1
      if seen % 1024 == 0 { Watch.sign() }
      guard seen <= count else {
        throw refused(directory.visible, .tooLarge, "it has more than \(count) files")
      }
      if entry.kind == .file, let unbounded, name.suffix(unbounded.utf8.count).elementsEqual(unbounded.utf8) {
        continue
      }
      let isUnbounded = unbounded.map { name.suffix($0.utf8.count).elementsEqual($0.utf8) } ?? false
      try check(descriptor, directory, ByteText.string(from: name), isUnbounded ? .max : limit)
    }
  }

  /// Checks one file, with links followed; what is not there, or a directory, is nothing that could be opened and read.
  ///
  /// - Returns: its size; 0 where there is none.
  @discardableResult
  private static func check(
    _ directory: Int32, _ path: FilePath, _ name: String, _ limit: Int
  ) throws(GitError) -> Int {
    // Some ten names of each repository, most of them of git's own.
    let found =
      ByteText.holdsRawBytes(name) ? Stat(FilePath(text: name), in: directory) : Stat(name, in: directory)
    guard let status = found else { return 0 }
    var subject: String { path.pushing(FilePath(text: name)).visible }
    let kind: String
    switch status.type {
    case .regular:
      let size = Int(status.size)
      if size <= limit { return size }
      throw refused(
        subject, .tooLarge, "it has \(size) bytes, more than the \(limit) that are read")
    case .directory: return 0
    case .fifo: kind = "named pipe"
    case .socket: kind = "socket"
    default: kind = "device"
    }
    throw refused(subject, .damaged, notRegular(kind))
  }

  private static func notRegular(_ kind: String) -> String { "it is a \(kind) and not a regular file" }

  /// Checks a file that a configuration includes.
  ///
  /// - Returns: its size; 0 where there is none.
  static func included(_ path: FilePath) throws(GitError) -> Int {
    try check(OpenFile.currentDirectory, FilePath(), path.text, Limits.configuration)
  }

  static func refused(_ subject: String, _ kind: GitError.Kind, _ reason: String) -> GitError {
    GitError(kind, "reading", subject, reason: reason)
  }
}
