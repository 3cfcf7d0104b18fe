import CGit2
import SystemSupport
import ByteStrings
import SystemPackage

/// A repository's facts by libgit2.
enum LibGit2Reader {
  static func read(
    _ repository: CheckedRepository, readingHistory: Bool
  ) throws(GitError) -> RepositoryInfo {
    let handle = try RepositoryHandle(repository)
    let gitDirectory = FilePath(fromC: git_repository_path(handle.raw)) ?? repository.directory
    let commonDirectory = FilePath(fromC: git_repository_commondir(handle.raw)) ?? gitDirectory
    let workTree = repository.workTree(of: handle)
    let isWorktree = git_repository_is_worktree(handle.raw) == 1

    let configuration = try Configuration(of: handle.raw)
    try SettingsOfGitAlone.refuse(configuration, gitDirectory)
    let settings = RemoteSettings(try configuration.entries(RemoteSettings.isWanted))

    let headTarget = try symbolicTarget(of: "HEAD", in: handle)
    let branch = headTarget.flatMap { $0.begins(with: "refs/heads/") ? String($0.dropFirst(11)) : nil }
    let branchRemote = settings.remote(ofBranch: branch)
    let primary = RemoteSettings.primary(
      of: settings.remotes, defaultName: settings.defaultRemoteName, currentBranchRemote: branchRemote)
    let isShallow = isShallow(commonDirectory)
    let head = try head(handle)
    return RepositoryInfo(
      gitDirectory: gitDirectory, commonDirectory: commonDirectory, workTree: workTree,
      kind: isWorktree ? .worktree : workTree == nil ? .bare : .main,
      mainWorkTree: isWorktree ? try mainWorkTree(commonDirectory, configuration) : workTree,
      isShallow: isShallow, isSubmodule: isSubmodule(commonDirectory),
      remotes: settings.remotes, currentBranch: branch, currentBranchRemote: branchRemote,
      defaultRemoteName: settings.defaultRemoteName,
      remoteDefaultBranch: try primary.flatMap { (remote) throws(GitError) in
        try remoteDefault(remote.name, in: handle, commonDirectory)
      },
      headCommit: head,
      knownFirstCommit: readingHistory
        ? firstCommit(before: isShallow ? nil : head, in: handle, commonDirectory) : nil,
      rewrites: settings.rewrites, needsProgram: false)
  }

  /// The first commit, or why it cannot be read: that must not keep the rest from being known.
  static func firstCommit(
    before head: ObjectID?, in handle: borrowing RepositoryHandle, _ common: FilePath
  ) -> Result<FirstCommit?, GitError> {
    guard let head else { return .success(nil) }
    do {
      try GitDirectoryCheck.objects(common.appending("objects"))
      if let graph = commitGraphSize(common) {
        // libgit2 opens one that is damaged again for each commit.
        if graph < largeCommitGraph, let found = try? FirstCommit(before: head, in: handle, seconds: 0.1) {
          return .success(found)
        }
        if let found = try? firstCommitByProgram(before: head, in: handle, common) { return .success(found) }
      }
      return .success(try FirstCommit(before: head, in: handle))
    } catch {
      return .failure(error)
    }
  }

  /// By the `git` program, which reads a commit-graph as the table that it is; libgit2 checks all of it first, and then
  /// reads commit by commit.
  private static func firstCommitByProgram(
    before head: ObjectID, in handle: borrowing RepositoryHandle, _ common: FilePath
  ) throws(GitError) -> FirstCommit? {
    let gitDirectory = FilePath(fromC: git_repository_path(handle.raw)) ?? common
    let workTree = FilePath(fromC: git_repository_workdir(handle.raw))
    guard let hex = try GitCLIReader.rootCommit(gitDirectory, workTree, of: head),
      let id = ObjectID(hex: hex)
    else { return nil }
    return try FirstCommit(found: id, in: handle)
  }

  /// The bytes of a commit-graph of so many commits that starting a program pays: some ten thousand.
  private static let largeCommitGraph = 1 << 19

  /// How large the commit-graph is, of several files that of the oldest; nil where there is none.
  private static func commitGraphSize(_ common: FilePath) -> Int? {
    let info = common.pushing("objects/info")
    if let status = Stat(at: info.appending("commit-graph")) {
      return Int(status.size)
    }
    // The list names one a line; the oldest has most.
    let folder = info.appending("commit-graphs")
    guard let list = try? Files.read(folder.appending("commit-graph-chain"), limit: 1 << 16) else {
      return nil
    }
    guard let oldest = ObjectID(hex: String(decoding: list.prefix(40), as: UTF8.self)) else { return 0 }
    let file = folder.appending("graph-\(oldest.hex).graph")
    return Int(Stat(at: file)?.size ?? 0)
  }

  private static func symbolicTarget(
    of name: String, in handle: borrowing RepositoryHandle
  ) throws(GitError) -> String? {
    guard let reference = try ReferenceHandle(name, in: handle) else { return nil }
    return git_reference_symbolic_target(reference.raw).map { ByteText.string(fromC: $0) }
  }

  private static func remoteDefault(
    _ remote: String, in handle: borrowing RepositoryHandle, _ common: FilePath
  ) throws(GitError) -> String? {
    let start = "refs/remotes/\(remote)/"
    try GitDirectoryCheck.reference(start + "HEAD", in: common)
    do {
      guard let target = try symbolicTarget(of: start + "HEAD", in: handle), target.begins(with: start) else {
        return nil
      }
      return String(target.dropFirst(start.count))
    } catch  where error.kind == .invalid {
      // A remote's name need not be a valid part of a ref's.
      return nil
    }
  }

  private static func head(_ handle: borrowing RepositoryHandle) throws(GitError) -> ObjectID? {
    var id = git_oid()
    let code = git_reference_name_to_id(&id, handle.raw, "HEAD".cText)
    return try checkFound(code, "reading", "HEAD") ? ObjectID(id) : nil
  }

  /// The main work tree of a linked worktree: what `core.worktree` says, else the directory of `.git`; nil
  /// when the repository is bare.
  private static func mainWorkTree(
    _ common: FilePath, _ configuration: borrowing Configuration
  ) throws(GitError) -> FilePath? {
    if (try? configuration.bool("core.bare")) ?? false { return nil }
    if let given = try configuration.string("core.worktree"), !given.isEmpty {
      let path = FilePath(text: given).absolute(against: common)
      return path.resolved ?? path
    }
    guard common.lastComponent?.string == ".git" else { return nil }
    let path = common.removingLastComponent()
    return path.resolved ?? path
  }

  /// Whether the common directory has a list of cut-off commits. (libgit2 looks in the worktree's own directory.)
  static func isShallow(_ common: FilePath) -> Bool {
    return (Stat(at: common.appending("shallow"))?.size ?? 0) > 0
  }

  /// Whether a git directory is where git keeps those of submodules: `modules/<name>` of another git directory.
  static func isSubmodule(_ common: FilePath) -> Bool {
    // Of few the path holds the name at all.
    guard Memory.contains(common.bytes + [UInt8(ascii: "/")], Array("/modules/".utf8)) else { return false }
    var path = common
    while let name = path.lastComponent {
      path.removeLastComponent()
      if name.string == "modules", GitDirectory.isOne(path) { return true }
    }
    return false
  }
}
