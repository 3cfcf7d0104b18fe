import CGit2
public import SystemPackage

/// What can be known about a repository: where it is, where it comes from, where it stands. Read once; nothing stays open.
public struct RepositoryInfo: Sendable, Hashable {
  /// What kind of checkout a repository is.
  public enum Kind: String, Sendable, Hashable {
    /// A work tree with its repository.
    case main
    /// A linked worktree (git-worktree(1)).
    case worktree
    /// A repository without work tree.
    case bare
  }

  /// A remote of the configuration that has a URL.
  public struct Remote: Sendable, Hashable {
    /// The `<name>` of `remote.<name>.url`.
    public let name: String
    /// Its URL as configured, the first of several; ``ByteText`` where it is not UTF-8.
    public let url: String
    /// Whether `git fetch --all` passes over it (`remote.<name>.skipFetchAll`).
    public internal(set) var isPassedOver = false

    package init(name: String, url: String) {
      self.name = name
      self.url = url
    }
  }

  /// The repository's own directory; a linked worktree's is below its main repository's.
  public let gitDirectory: FilePath
  /// The directory with what worktrees share; otherwise the same as ``gitDirectory``.
  public let commonDirectory: FilePath
  /// The root of the work tree, with symbolic links resolved; nil when bare.
  public let workTree: FilePath?
  /// What kind of checkout it is.
  public let kind: Kind
  /// The root of the main work tree; nil where the repository itself is bare.
  public let mainWorkTree: FilePath?
  /// Whether its history is cut off (`git clone --depth`).
  public let isShallow: Bool
  /// Whether it is a submodule: its git directory is in the `modules` of another repository's.
  public let isSubmodule: Bool
  /// Its remotes, in the configuration's order.
  public let remotes: [Remote]
  /// The branch that HEAD names, without `refs/heads/`; nil when HEAD is detached.
  public let currentBranch: String?
  /// The remote of the current branch's upstream; nil without one, and when it is this repository (`.`).
  public let currentBranchRemote: String?
  /// The setting `clone.defaultRemoteName`; nil where it is not set.
  public let defaultRemoteName: String?
  /// The remote's default branch, by `refs/remotes/<primary remote>/HEAD`; nil where that is not known here.
  public let remoteDefaultBranch: String?
  /// The remote's default branch, else the current one.
  public var defaultBranch: String? { remoteDefaultBranch ?? currentBranch }
  /// The commit of HEAD; nil before the first, and in repositories whose hashes are not SHA-1.
  public let headCommit: ObjectID?

  /// The first commit where it has been read already, nil in it where there is none; see ``firstCommit()``.
  let knownFirstCommit: Result<FirstCommit?, GitError>?
  /// `url.<base>.insteadOf`: what a URL may begin with, and what then stands in its place.
  let rewrites: [Rewrite]
  /// Whether libgit2 refuses this repository, so that all has to be asked of the `git` program.
  package let needsProgram: Bool

  /// One `url.<base>.insteadOf`.
  struct Rewrite: Sendable, Hashable {
    let prefix: String
    let base: String
  }

  /// The facts of the repository that `directory` is in: a work tree or a directory in it, a linked worktree, a bare
  /// repository, a submodule. Looked for upward as far as `GIT_CEILING_DIRECTORIES` allow.
  ///
  /// Where libgit2 refuses the format (`extensions.*`, SHA-256, reftable) the `git` program is asked.
  ///
  /// - Parameter history: whether ``firstCommit()`` will be asked for, so that it is read while the repository is open:
  ///   opening it once more takes longer than all the rest, but for a long history.
  /// - Throws: ``GitError`` of the kinds `notARepository`, `ownedBySomeoneElse`, `damaged`.
  public static func read(
    at directory: FilePath, readingHistory history: Bool = false
  ) throws(GitError) -> RepositoryInfo {
    try Examination.run(of: directory) { () throws(GitError) in
      try examined(at: directory, readingHistory: history)
    }
  }

  private static func examined(
    at directory: FilePath, readingHistory history: Bool
  ) throws(GitError) -> RepositoryInfo {
    if let jujutsu = JujutsuRepository(around: directory) {
      return try jujutsu.info(readingHistory: history)
    }
    return try reading(at: directory, readingHistory: history)
  }

  /// As ``read(at:readingHistory:)``, within an examination, of a repository of git's own layout.
  static func reading(at directory: FilePath, readingHistory history: Bool) throws(GitError) -> RepositoryInfo
  {
    let repository = try CheckedRepository(around: directory)
    do throws(GitError) {
      return try LibGit2Reader.read(repository, readingHistory: history)
    } catch  where error.kind == .unsupportedExtension {
      return try GitCLIReader.read(repository)
    } catch  where error.kind == .ownedBySomeoneElse {
      // git knows places for `safe.directory`, and forms of it, that libgit2 does not: its word counts.
      if let facts = try? GitCLIReader.read(repository) { return facts }
      throw error
    }
  }

  /// Checks what the `git` program opens in the repository, before a person's own git is run there: nothing may keep it for
  /// ever.
  ///
  /// - Throws: ``GitError`` with what is neither a regular file nor a directory.
  public func checkForProgram() throws(GitError) {
    try GitDirectoryCheck.everything(of: gitDirectory, commonDirectory)
  }

  /// The remote that counts: `clone.defaultRemoteName`, else `origin`, else that of the current branch's upstream, else
  /// the only one; nil where none does.
  public var primaryRemote: Remote? {
    RemoteSettings.primary(
      of: remotes, defaultName: defaultRemoteName, currentBranchRemote: currentBranchRemote)
  }

  /// `url` with `url.<base>.insteadOf` applied: the longest prefix that fits is replaced (git-config(1)).
  public func rewritten(_ url: String) -> String { URLRewrites(rewrites).rewritten(url) }

  /// The first commit of HEAD's first-parent line; nil without commits and when the history is cut off. Reads the whole
  /// line: ten milliseconds a thousand commits.
  ///
  /// - Throws: ``GitError`` also where that takes too long (`unanswered`).
  public func firstCommit() throws(GitError) -> FirstCommit? {
    if let knownFirstCommit { return try knownFirstCommit.get() }
    if isShallow { return nil }
    return try Examination.run(of: workTree ?? gitDirectory) { () throws(GitError) in
      try GitDirectoryCheck.gitDirectory(gitDirectory)
      if needsProgram {
        try GitDirectoryCheck.objects(commonDirectory.appending("objects"))
        return try GitCLIReader.rootCommit(gitDirectory, workTree).map { FirstCommit(id: $0, time: nil) }
      }
      guard let headCommit else { return nil }
      return try LibGit2Reader.firstCommit(
        before: headCommit,
        in: RepositoryHandle(opening: gitDirectory, flags: GIT_REPOSITORY_OPEN_NO_SEARCH), commonDirectory
      ).get()
    }
  }

  /// The name of the ``firstCommit()``, in hexadecimal digits (64 where hashes are SHA-256).
  public func rootCommit() throws(GitError) -> String? { try firstCommit()?.id }

  /// Whether the repository has a commit: one that was amended stays for weeks.
  ///
  /// - Parameter commit: its name in hexadecimal digits, in full.
  public func holds(commit: String) throws(GitError) -> Bool {
    try examined { () throws(GitError) in
      try GitCLIReader.holds(commit: commit, gitDirectory, workTree)
    }
  }

  /// Whether a branch, a tag or another ref leads to a commit that it has.
  ///
  /// - Parameter commit: its name in hexadecimal digits, in full.
  public func isReached(commit: String) throws(GitError) -> Bool {
    try examined { () throws(GitError) in
      try GitCLIReader.isReached(commit: commit, gitDirectory, workTree)
    }
  }

  private func examined(_ body: @escaping @Sendable () throws(GitError) -> Bool) throws(GitError) -> Bool {
    try Examination.run(of: workTree ?? gitDirectory) { () throws(GitError) in
      try GitDirectoryCheck.gitDirectory(gitDirectory)
      try GitDirectoryCheck.objects(commonDirectory.appending("objects"))
      return try body()
    }
  }

  /// The directories below the root whose index holds a file called `name`, relative to the root, in the index's order.
  ///
  /// Only the index is read. A file that is in conflict, or only in the work tree, does not count.
  public func trackedPaths(named name: String) throws(GitError) -> [FilePath] {
    guard let workTree else { return [] }
    return try Examination.run(of: workTree) { () throws(GitError) in
      try TrackedFiles.directories(
        holding: name, index: gitDirectory.appending("index"), gitDirectory: gitDirectory,
        workTree: workTree, usingProgram: needsProgram)
    }
  }
}
