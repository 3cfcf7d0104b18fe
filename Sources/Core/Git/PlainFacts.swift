import SystemSupport
import ByteStrings
import SystemPackage

/// The facts of an ordinary repository, read by hand: a `.git` directory of the user's own in the root of the work tree,
/// with a plain configuration.
///
/// libgit2 takes a hundred system calls for one, most of them to look at the same files and parents again. These are some
/// fifteen. Whatever is out of the ordinary is left to libgit2, which says the same of what is not.
enum PlainFacts {
  /// The facts of the repository whose root is `directory`, an absolute path with links resolved; nil where libgit2 has to
  /// be asked.
  static func read(
    at directory: FilePath, readingHistory: Bool, settings shared: SharedConfiguration
  ) -> RepositoryInfo? {
    guard let opened = OpenFile(directory, options: [.directory, .noFollow]) else { return nil }
    let root = opened.descriptor
    guard let openedGit = OpenFile(".git", in: root, [.directory, .noFollow]) else { return nil }
    let git = openedGit.descriptor
    // Whether somebody else's may be read is libgit2's decision, and git's.
    guard isOwn(root), isOwn(git), isOrdinary(git),
      let bytes = GitDirectory.contents(git, "config", limit: 1 << 16),
      let configuration = PlainConfiguration(bytes), let head = head(of: git)
    else { return nil }

    let wanted = configuration.entries.filter { entry in
      entry.key.cText.withUnsafeBufferPointer { $0.baseAddress.map(RemoteSettings.isWanted) ?? false }
    }
    let settings = RemoteSettings(shared.before + wanted + shared.after)
    let branchRemote = settings.remote(ofBranch: head.branch)
    let primary = RemoteSettings.primary(
      of: settings.remotes, defaultName: settings.defaultRemoteName, currentBranchRemote: branchRemote)
    var remoteDefault: String?
    if let name = primary?.name {
      guard let read = Self.remoteDefault(name, git) else { return nil }
      remoteDefault = read
    }
    var first: Result<FirstCommit?, GitError>?
    if readingHistory {
      guard let known = firstCommit(head.commit, git) else { return nil }
      first = .success(known)
    }
    let gitDirectory = directory.appending(".git")
    return RepositoryInfo(
      gitDirectory: gitDirectory, commonDirectory: gitDirectory, workTree: directory, kind: .main,
      mainWorkTree: directory, isShallow: false, isSubmodule: LibGit2Reader.isSubmodule(gitDirectory),
      remotes: settings.remotes, currentBranch: head.branch, currentBranchRemote: branchRemote,
      defaultRemoteName: settings.defaultRemoteName, remoteDefaultBranch: remoteDefault,
      headCommit: head.commit, knownFirstCommit: first, rewrites: settings.rewrites, needsProgram: false)
  }

  private static func isOwn(_ directory: Int32) -> Bool {
    FileOwner.isUser(ofDescriptor: directory)
  }

  /// Whether it has what a git directory has, and nothing of a worktree's, of a shallow clone's or of one that borrows.
  private static func isOrdinary(_ git: Int32) -> Bool {
    for name in ["objects", "refs"] {
      guard Stat(name, in: git, followingLinks: false)?.kind == .directory else { return false }
    }
    for name in ["commondir", "shallow"] {
      guard Stat(name, in: git, followingLinks: false) == nil, Errno.last == .noSuchFileOrDirectory else {
        return false
      }
    }
    return true
  }

  /// What HEAD names: a branch, and its commit where it has one. Nil where neither is plain to see.
  private static func head(of git: Int32) -> (branch: String, commit: ObjectID?)? {
    guard let target = symbolicTarget("HEAD", git), target.hasPrefix("refs/heads/"), isPlain(target) else {
      return nil
    }
    let branch = String(target.dropFirst(11))
    if let bytes = GitDirectory.contents(git, target, limit: 256) {
      guard let id = ObjectID(hex: String(decoding: bytes.prefix(40), as: UTF8.self)),
        bytes.dropFirst(40).allSatisfy({ $0 == UInt8(ascii: "\n") })
      else { return nil }
      return (branch, id)
    }
    // Without packed refs there is none; with them libgit2 looks.
    for name in [target, "packed-refs"] {
      guard Stat(name, in: git, followingLinks: false) == nil,
        Errno.last == .noSuchFileOrDirectory || Errno.last == .notDirectory
      else {
        return nil
      }
    }
    return (branch, nil)
  }

  /// The ref that a file names; nil where it does not.
  private static func symbolicTarget(_ name: String, _ git: Int32) -> String? {
    guard let bytes = GitDirectory.contents(git, name, limit: 4096), bytes.starts(with: "ref: ".utf8),
      bytes.last == UInt8(ascii: "\n")
    else { return nil }
    let target = bytes.dropFirst(5).dropLast()
    return target.contains { $0 <= 0x20 } ? nil : ByteText.string(from: target)
  }

  /// Whether a ref's name is one that needs no thought.
  private static func isPlain(_ name: String) -> Bool {
    !name.hasSuffix("/") && !name.hasSuffix(".lock") && !name.contains("..") && !name.contains("//")
      && name.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x2D...0x39).contains(byte)
          || byte == UInt8(ascii: "_")
      }
  }

  /// The default branch of a remote, in which nil stands for none; nil where libgit2 has to look.
  private static func remoteDefault(_ remote: String, _ git: Int32) -> String?? {
    guard isPlain(remote) else { return nil }
    let start = "refs/remotes/\(remote)/"
    guard Stat(start + "HEAD", in: git, followingLinks: false) != nil else {
      return Errno.last == .noSuchFileOrDirectory || Errno.last == .notDirectory ? .some(nil) : nil
    }
    guard let target = symbolicTarget(start + "HEAD", git), isPlain(target) else { return nil }
    return .some(target.hasPrefix(start) ? String(target.dropFirst(start.count)) : nil)
  }

  /// The first commit, in which nil stands for none, of a history of one; nil for a longer one.
  private static func firstCommit(_ head: ObjectID?, _ git: Int32) -> FirstCommit?? {
    guard let head else { return .some(nil) }
    let hex = head.hex
    guard
      let file = GitDirectory.contents(git, "objects/\(hex.prefix(2))/\(hex.dropFirst(2))", limit: 4096),
      let object = LooseObject(file), object.kind == .commit,
      (try? ObjectID.hash(Array(object.content), as: .commit)) == head
    else { return nil }
    var lines = object.content.split(
      separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
    guard lines.count == 3, lines.removeFirst().starts(with: "tree ".utf8),
      let author = lines.first, author.starts(with: "author ".utf8)
    else { return nil }
    // Behind the address: seconds since 1970 and the time zone.
    let words = author.suffix(while: { $0 != UInt8(ascii: ">") }).split(separator: UInt8(ascii: " "))
    guard words.count == 2, let time = Int64(String(decoding: words[0], as: UTF8.self)), time >= 0 else {
      return nil
    }
    return .some(FirstCommit(id: hex, time: time))
  }
}

extension Collection where Self: BidirectionalCollection {
  /// The longest end of it whose elements all satisfy `isIncluded`.
  fileprivate func suffix(while isIncluded: (Element) -> Bool) -> SubSequence {
    var start = endIndex
    while start != startIndex, isIncluded(self[index(before: start)]) { start = index(before: start) }
    return self[start...]
  }
}
