import SystemSupport
import ByteStrings
public import SystemPackage

/// What is in progress in the work trees of a repository, told from their git directories' files.
public enum WorkTreeOperations {
  /// What is in progress in the work tree at `path`; nil where nothing is.
  public static func operation(at path: FilePath) -> RepositoryState.Operation? {
    StateReader.operation(gitDirectory(of: path))
  }

  /// Whether another git is about to write the index of the work tree at `path`, or has left its lock behind.
  public static func isLocked(_ path: FilePath) -> Bool {
    Files.kind(of: gitDirectory(of: path).appending("index.lock"), followingLinks: false) != nil
  }

  /// Whether something was staged in a git directory. In a bare one that is only done with `--work-tree`.
  public static func hasIndex(_ gitDirectory: FilePath) -> Bool {
    // An empty one is a head and a checksum.
    Stat(at: gitDirectory.appending("index")).map { $0.kind == .file && $0.size > 44 } ?? false
  }

  /// The branches that a rebase or a bisection will come back to, without `refs/heads/`, of all work trees: HEAD does not name
  /// them meanwhile.
  ///
  /// - Parameter common: the directory that the work trees share.
  public static func branches(of common: FilePath) -> [String: RepositoryState.Operation] {
    var found: [String: RepositoryState.Operation] = [:]
    let folder = common.appending("worktrees")
    let linked = ((try? Files.names(in: folder)) ?? []).map { folder.pushing(FilePath(bytes: $0)) }
    for directory in [common] + linked {
      guard let operation = StateReader.operation(directory) else { continue }
      for name in ["rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START"] {
        guard let bytes = try? Files.read(directory.pushing(FilePath(name)), limit: 4096) else { continue }
        let line = ByteText.string(from: bytes.prefix { $0 != UInt8(ascii: "\n") })
        found[line.begins(with: "refs/heads/") ? String(line.dropFirst(11)) : line] = operation
      }
    }
    return found
  }

  /// The linked work trees that are locked, as those on a disk that is not always there (git-worktree(1)).
  ///
  /// - Parameter common: the directory that the work trees share.
  public static func lockedWorkTrees(of common: FilePath) -> [FilePath] {
    BareLayout.lockedWorkTrees(of: common)
  }

  /// Whether the work tree at `path` is one of the repository whose work trees share `common`, and says so itself.
  public static func isWorkTree(_ path: FilePath, of common: FilePath) -> Bool {
    let directory = gitDirectory(of: path)
    guard let opened = OpenFile(directory, options: .directory) else { return false }
    let own = GitDirectory.commonDirectory(of: opened.descriptor).map { directory.pushing($0) } ?? directory
    return Files.isSame(own, common)
      && WorkTreeClaim.objection(workTree: path, gitDirectory: directory) == nil
  }

  private static func gitDirectory(of path: FilePath) -> FilePath {
    GitDirectory.ofWorkTree(path) ?? path.appending(".git")
  }
}
