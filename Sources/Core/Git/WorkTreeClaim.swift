import SystemSupport
public import SystemPackage

/// Whether a git directory and the work tree that it was reached from, or that it names, agree that they belong together.
///
/// A `.git` file, a symbolic link `.git` and `core.worktree` can each be pointed at somebody else's repository. Then the
/// directory with the pointer would pass for that repository, or that repository's directory for this one.
public enum WorkTreeClaim {
  /// Why a work tree and a git directory do not belong together.
  public enum Objection: Hashable, Sendable {
    /// The git directory names the work tree, in which nothing leads back to it.
    case oneSided(gitDirectory: FilePath, workTree: FilePath)
    /// The git directory names the work tree, which has a repository of its own.
    case anotherRepository(gitDirectory: FilePath, workTree: FilePath)
    /// The work tree leads to the git directory, which has another one.
    case otherWorkTree(dotGit: FilePath, gitDirectory: FilePath, own: FilePath)
    /// The work tree leads to the git directory of a linked worktree, which names no work tree.
    case noWorkTree(dotGit: FilePath, gitDirectory: FilePath)
    /// The git directory claims to be a linked worktree's, and the repository that it names does not list it.
    case unknownWorktree(gitDirectory: FilePath, repository: FilePath)
  }

  /// Why the work tree does not belong to the git directory; nil where nothing speaks against it.
  ///
  /// A git directory says which its work tree is by `gitdir` (a linked worktree's), by `core.worktree` (a submodule's),
  /// or by its place, where it is called `.git`. One that was made with `--separate-git-dir` does not say, so whatever
  /// points to it is believed.
  public static func objection(workTree: FilePath, gitDirectory: FilePath) -> Objection? {
    let dotGit = workTree.appending(".git")
    let kind = Files.kind(of: dotGit, followingLinks: false)
    guard let kind else {
      if let jujutsu = JujutsuRepository(at: workTree), isSame(jujutsu.gitDirectory, gitDirectory) {
        return nil
      }
      return .oneSided(gitDirectory: gitDirectory, workTree: workTree)
    }
    if kind == .directory, dotGit != gitDirectory, !isSame(dotGit, gitDirectory) {
      return .anotherRepository(gitDirectory: gitDirectory, workTree: workTree)
    }
    guard let opened = OpenFile(gitDirectory, options: .directory) else { return nil }
    let descriptor = opened.descriptor
    if kind == .directory, GitDirectory.commonDirectory(of: descriptor) == nil { return nil }
    return objection(workTree: workTree, gitDirectory: gitDirectory, descriptor)
  }

  /// As ``objection(workTree:gitDirectory:)``, where `.git` of the work tree is a file or a link and the git directory is open.
  static func objection(workTree: FilePath, gitDirectory: FilePath, _ descriptor: Int32) -> Objection? {
    let dotGit = workTree.appending(".git")
    func refused(_ own: FilePath) -> Objection? {
      isSame(own, workTree) ? nil : .otherWorkTree(dotGit: dotGit, gitDirectory: gitDirectory, own: own)
    }
    if let common = GitDirectory.commonDirectory(of: descriptor) {
      let directory = gitDirectory.resolved ?? gitDirectory
      guard isSame(directory.removingLastComponent(), directory.pushing(common).appending("worktrees")) else {
        return .unknownWorktree(gitDirectory: gitDirectory, repository: directory.pushing(common))
      }
      guard let bytes = GitDirectory.contents(descriptor, "gitdir", limit: 8192) else {
        return .noWorkTree(dotGit: dotGit, gitDirectory: gitDirectory)
      }
      let line = Array(bytes.prefix { $0 != UInt8(ascii: "\n") })
      return refused(directory.pushing(FilePath(bytes: line)).removingLastComponent())
    }
    if let own = GitDirectory.namedWorkTree(descriptor) {
      return refused(gitDirectory.pushing(own))
    }
    let resolved = gitDirectory.resolved ?? gitDirectory
    return resolved.lastComponent?.string == ".git" ? refused(resolved.removingLastComponent()) : nil
  }

  private static func isSame(_ one: FilePath, _ other: FilePath) -> Bool { Files.isSame(one, other) }
}

extension WorkTreeClaim.Objection {
  /// The objection as a sentence, for a ``GitError`` and for warnings of a search; safe for a terminal.
  public var sentence: String {
    switch self {
    case .oneSided(let gitDirectory, let workTree):
      "\(gitDirectory.visible) has \(workTree.visible) as its work tree, which does not lead back to it"
    case .anotherRepository(let gitDirectory, let workTree):
      "\(gitDirectory.visible) has \(workTree.visible) as its work tree, which is another repository's"
    case .otherWorkTree(let dotGit, let gitDirectory, let own):
      "\(dotGit.visible) leads to \(gitDirectory.visible), whose work tree is \(own.visible)"
    case .noWorkTree(let dotGit, let gitDirectory):
      "\(dotGit.visible) leads to \(gitDirectory.visible), which names no work tree"
    case .unknownWorktree(let gitDirectory, let repository):
      "\(gitDirectory.visible) shares the repository \(repository.visible), which does not know it as a worktree"
    }
  }
}
