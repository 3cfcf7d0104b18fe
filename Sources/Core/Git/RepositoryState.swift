import SystemSupport
public import SystemPackage

/// What a repository holds that may want attention: how its work tree differs from what is committed, and its branches from
/// their upstreams. Read once; nothing is written, and nothing that the repository says is run.
public struct RepositoryState: Sendable, Hashable {
  /// What was begun in a work tree and not ended.
  public enum Operation: String, Sendable, Hashable, CaseIterable {
    /// git-rebase(1).
    case rebase
    /// git-am(1).
    case am
    /// git-merge(1).
    case merge
    /// git-cherry-pick(1).
    case cherryPick = "cherry-pick"
    /// git-revert(1).
    case revert
    /// git-bisect(1).
    case bisect
  }

  /// A local branch.
  public struct Branch: Sendable, Hashable {
    /// Its name, without `refs/heads/`.
    public var name: String
    /// The short name of its upstream, such as `origin/main`; nil where it has none.
    public var upstream: String?
    /// The commits that it has and its upstream has not; nil without an upstream, and where that is gone.
    public var ahead: Int?
    /// The commits that its upstream has and it has not; nil as ``ahead``.
    public var behind: Int?
    /// Whether a remote-tracking branch has all its commits.
    public var isOnRemote: Bool

    /// A branch of these facts.
    public init(name: String, upstream: String?, ahead: Int?, behind: Int?, isOnRemote: Bool) {
      self.name = name
      self.upstream = upstream
      self.ahead = ahead
      self.behind = behind
      self.isOnRemote = isOnRemote
    }

    /// Whether it has an upstream that does not exist any more.
    public var isUpstreamGone: Bool { upstream != nil && ahead == nil }
  }

  /// The branch that HEAD names; nil when HEAD is detached.
  public var branch: String?
  /// The commit of HEAD in hexadecimal digits; nil before the first.
  public var head: String?
  /// Commits that a detached HEAD has, and no branch, tag or remote-tracking branch.
  public var headOnly = 0
  /// Whether there is no work tree.
  public var isBare = false
  /// Files whose index entry differs from HEAD; a rename is one.
  public var staged = 0
  /// Files whose content differs from the index, and submodules that differ.
  public var changed = 0
  /// Files and directories that git does not know, as `git status` lists them.
  public var untracked = 0
  /// Whether a `.gitignore` may be among what is ignored; see ``IgnoredHere``.
  var hasIgnoredRules = false
  /// Files in conflict.
  public var conflicted = 0
  /// Files of which nobody can say whether they differ, without running what the repository says is to be run.
  public var unsure = 0
  /// Of ``changed``, submodules.
  public var submodules = 0
  /// Entries of git-stash(1).
  public var stashes = 0
  /// What is in progress.
  public var operation: Operation?
  /// The local branches, by the bytes of their names.
  public var branches: [Branch] = []
  /// The names of the remotes that have a URL.
  public var remotes: [String] = []
  /// When HEAD's commit was made, in seconds since 1970.
  public var lastCommit: Int64?
  /// When something was last fetched, in seconds since 1970.
  public var lastFetch: Int64?

  /// A state in which there is nothing.
  public init() {}

  /// The state of the repository that `directory` is, or of the part of a repository that it is: then files outside it are
  /// not counted.
  ///
  /// What libgit2 refuses is asked of the `git` program.
  ///
  /// - Parameter untracked: whether untracked files are looked for where `status.showUntrackedFiles` says that they are not.
  /// - Throws: ``GitError`` of the kinds `notARepository`, `ownedBySomeoneElse`, `damaged`, `unanswered` and others.
  public static func read(
    at directory: FilePath, alwaysUntracked untracked: Bool = false
  ) throws(GitError) -> RepositoryState {
    try Examination.run(of: directory) { () throws(GitError) in
      try StateReader(alwaysUntracked: untracked).read(at: directory)
    }
  }
}

extension RepositoryState {
  /// Whether a directory is the root of a work tree or a bare repository, and not only within one.
  public static func isRoot(_ directory: FilePath) -> Bool {
    !Files.isMissing(directory.appending(".git")) || GitDirectory.isOne(directory)
      || JujutsuRepository(at: directory) != nil
  }
}
