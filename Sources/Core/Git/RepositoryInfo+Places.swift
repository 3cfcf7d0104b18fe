public import SystemPackage
import SystemSupport

/// Where a repository's work trees are.
extension RepositoryInfo {
  /// The directory that stands for the repository: the root of the work tree, the directory around a bare repository that
  /// has its work trees beside it, else the bare repository itself.
  public var root: FilePath { workTree ?? BareLayout.directory(around: gitDirectory) ?? gitDirectory }

  /// The directory that stands for what linked worktrees share: the main work tree, or what ``root`` is of a bare one.
  public var mainDirectory: FilePath {
    kind == .worktree
      ? mainWorkTree ?? BareLayout.directory(around: commonDirectory) ?? commonDirectory : root
  }

  /// Whether the `.git` of a directory is, or leads to, this repository's git directory.
  public func isReached(from directory: FilePath) -> Bool { BareLayout.leads(directory, to: gitDirectory) }

  /// Whether the repository knows its work tree to be at a directory: it does not where a linked worktree was moved, or is a copy.
  public func knowsWorkTree(at directory: FilePath) -> Bool {
    kind != .worktree
      || BareLayout.linkedWorkTrees(of: commonDirectory).contains(directory.resolved ?? directory)
  }

  /// Where else this same repository is checked out or kept, each checked from both ends.
  public var siblings: [FilePath] {
    let linked = BareLayout.linkedWorkTrees(of: commonDirectory)
    guard kind == .worktree || !linked.isEmpty else { return [] }
    let main = mainDirectory
    let isClaimed =
      main == commonDirectory || BareLayout.leads(main, to: commonDirectory)
      || JujutsuRepository.root(ofStore: commonDirectory) == main
    return ((isClaimed ? [main] : []) + linked).filter { $0 != root }
  }
}
