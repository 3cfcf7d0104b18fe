public import Batch
public import Git
public import SystemPackage

/// What became of one repository.
public struct UpdateReport: Sendable {
  /// What became of one remote.
  public struct Fetch: Sendable {
    /// The remote's name.
    public let remote: String
    /// Its URL.
    public let url: String
    /// Why it was not fetched; nil where it was.
    public var error: UpdateError?
    /// Whether it was fetched, or is to be.
    public var isDone = false
    /// What git warned of while it fetched, such as that the repository has moved; safe for a terminal.
    public var warnings: [String] = []

    /// A remote with which nothing was done yet.
    public init(remote: String, url: String) { (self.remote, self.url) = (remote, url) }
  }

  /// What became of one branch that is behind its upstream.
  public struct Branch: Sendable {
    /// Its name, without `refs/heads/`.
    public let name: String
    /// Its upstream's ref.
    public let upstream: String
    /// The commit that it was at.
    public let old: String
    /// The commit that it is at now, or would be; nil where it was left alone.
    public var new: String?
    /// Why it was left alone.
    public var reason: Reason?

    /// A branch with which nothing was done yet.
    public init(name: String, upstream: String, old: String) {
      (self.name, self.upstream, self.old) = (name, upstream, old)
    }
  }

  /// Why a branch is left alone.
  public enum Reason: Sendable, Hashable {
    /// It has commits that its upstream has not, and the other way round.
    case diverged(ahead: Int, behind: Int)
    /// Files of its work tree are changed.
    case changed(FilePath)
    /// Something is in progress in its work tree, or will come back to it.
    case inProgress(RepositoryState.Operation)
    /// Another git has its work tree's index locked.
    case locked(FilePath)
    /// Its work tree is not there.
    case workTreeGone(FilePath)
    /// Its files are in a work tree that the repository does not know of (`git --work-tree`).
    case workTreeElsewhere
    /// What the repository has for its work tree is that of another one.
    case workTreeOfAnother(FilePath)
    /// git did not do it, and gave this reason.
    case refused(String?)
  }

  /// The checkout.
  public let target: BatchTarget
  /// Its remotes, in the order in which they are fetched.
  public var fetches: [Fetch] = []
  /// The branches that are behind.
  public var branches: [Branch] = []
  /// Why nothing could be done at all, or the branches could not be looked at.
  public var error: UpdateError?

  /// A checkout with which nothing was done yet.
  public init(target: BatchTarget) { self.target = target }

  /// Whether something failed: as against what was left alone.
  public var isFailure: Bool { error != nil || fetches.contains { $0.error != nil } }
}

/// Why a repository, or a remote of it, is not updated.
public enum UpdateError: Error, Sendable {
  /// Its directory is gone.
  case gone(FilePath)
  /// It is not to be read: damaged, another user's.
  case unusable(GitError)
  /// git failed, for this reason where it gave one.
  case failed(status: Int32, reason: String?)
  /// git was ended by a signal.
  case signalled(Int32)
  /// git said nothing for so many seconds.
  case silent(seconds: Int)
  /// The host was not reached for others, so that it was not tried.
  case hostNotReached(String)
  /// A signal came before it was done.
  case interrupted
}

/// Whom an update tells how far it has come.
public protocol UpdateProgress {
  /// So many remotes are fetched in all.
  func begin(_ total: Int)
  /// What git says of a repository's remote.
  func show(_ name: String, _ text: String)
  /// Nothing more is done for it.
  func remove(_ name: String)
  /// Nothing is under way.
  func clear()
}

/// What became of many repositories, in numbers.
public struct UpdateTotals: Equatable, Sendable {
  /// Repositories of which every remote was fetched, and that have one.
  public let fetched: Int
  /// Branches that follow their upstreams now.
  public let updated: Int
  /// Branches that were left alone.
  public let leftAlone: Int
  /// Repositories with which something failed.
  public let failed: Int

  /// The numbers of some reports.
  public init(_ reports: [UpdateReport]) {
    fetched = reports.count { !$0.isFailure && !$0.fetches.isEmpty }
    failed = reports.count(where: \.isFailure)
    let branches = reports.flatMap(\.branches)
    updated = branches.count { $0.new != nil }
    leftAlone = branches.count { $0.new == nil && $0.reason != nil }
  }
}
