import SystemSupport
public import SystemPackage

/// Finds repositories below a directory, without libgit2 and without opening any file but those that tell
/// whether something is one.
///
/// A directory is a repository when it has a `.git` directory that is one, or a `.git` file that leads to one; when it is a
/// bare one itself; or when it is a work tree of jj. Nothing below a `.git`, a `.jj` or a bare repository is looked at, nor
/// what a file system or a desktop keeps of the past (snapshots, the trash). Symbolic links are not followed, and what is
/// in a repository's work tree is looked at only when something is wanted from there.
public struct RepositoryFinder: Sendable {
  /// What a found repository is.
  public enum Kind: Sendable, Hashable {
    /// A work tree with its own repository.
    case main
    /// A bare repository that is worked in by linked worktrees: the directory whose `.git` it is or that its `.git` leads to,
    /// or itself.
    case bareLayout
    /// A linked worktree (git-worktree(1)) of a repository elsewhere.
    case worktree
    /// A work tree whose git directory is in the `modules` of another repository.
    case submodule
    /// A repository without work tree.
    case bare
  }

  /// A found repository.
  public struct Found: Sendable, Hashable {
    /// The root of the work tree, or the bare repository: absolute.
    public let path: FilePath
    /// What it is.
    public let kind: Kind
    /// Its git directory; where it is another user's, what was seen of it.
    public let gitDirectory: FilePath
    /// What of it belongs to another user, where `safe.directory` does not list it: then nothing more has been looked at.
    let foreign: FilePath?

    init(path: FilePath, kind: Kind, gitDirectory: FilePath, foreign: FilePath? = nil) {
      self.path = path
      self.kind = kind
      self.gitDirectory = gitDirectory
      self.foreign = foreign
    }

    /// The work trees of a bare layout, first that of the default branch; of anything else none.
    public var linkedWorkTrees: [FilePath] {
      kind == .bareLayout && foreign == nil ? BareLayout.linkedWorkTrees(of: gitDirectory) : []
    }

    /// As ``RepositoryInfo/trackedPaths(named:)``, without opening the repository.
    ///
    /// - Throws: `ownedBySomeoneElse` where it is another user's, and what reading the index throws.
    public func trackedPaths(named name: String) throws(GitError) -> [FilePath] {
      if let foreign { throw Ownership.refusal(path, foreign, path) }
      if kind == .bare || kind == .bareLayout { return [] }
      return try Examination.run(of: path) { () throws(GitError) in
        try TrackedFiles.directories(
          holding: name, index: gitDirectory.appending("index"), gitDirectory: gitDirectory, workTree: path,
          usingProgram: false)
      }
    }
  }

  /// Something that could not be looked at; the search goes on.
  public struct Warning: Sendable, Hashable {
    /// What it is about.
    public let path: FilePath
    /// One sentence with the path in it, fit for `warning:`.
    public let message: String
    /// Whether a part of the tree went unsearched, as against a `.git` that leads nowhere.
    public let isIncomplete: Bool
  }

  /// Whether bare repositories are wanted.
  public var bare = false
  /// Whether submodules are wanted.
  public var submodules = false
  /// Whether repositories in another's work tree are wanted.
  public var nested = false
  /// Whether linked worktrees are wanted.
  public var worktrees = false
  /// The most levels below the root that are looked at; nil: all. 0 is the root alone.
  public var maximumDepth: Int?
  /// Globs of directories that are not looked at: of the name, or of the path below the root where a slash is in it.
  public var excluded: [String] = []

  /// Finds work trees of ordinary repositories that are in no other.
  public init() {}

  /// Searches `root`, which may be a symbolic link, and all below it.
  ///
  /// Two threads look; the functions are called on the caller's, as things are found, in no particular order.
  ///
  /// - Throws: what `found` or `warning` throws, which ends the search; ``GitError`` when `root` is not a directory.
  public func search(
    _ root: FilePath, found: (Found) throws -> Void, warning: (Warning) throws -> Void
  ) throws {
    let start = try Self.directory(root)
    let examiner = DirectoryExaminer(self, root: start)
    let queue = SearchQueue(examiner, start: SearchItem(path: start.bytes, depth: 0, isInWorkTree: false))
    try queue.run { event throws in
      switch event {
      case .found(let repository): try found(repository)
      case .warning(let text): try warning(text)
      }
    }
  }

  /// The directory that `root` is, absolute and with links resolved.
  private static func directory(_ root: FilePath) throws(GitError) -> FilePath {
    guard let resolved = root.resolved else { throw GitError(SystemError("searching", root.visible)) }
    guard Files.kind(of: resolved) == .directory else {
      throw GitError(SystemError("searching", root.visible, code: .notDirectory))
    }
    return resolved
  }
}
