/// What is known of a project's working trees, by the names that conditions have for it.
public enum StateField: String, CaseIterable, Hashable, Sendable {
  /// Files differ from HEAD: staged, changed, in conflict, or such that nobody can say.
  case dirty
  /// Files whose index differs from HEAD.
  case staged
  /// Files that differ from the index.
  case changed
  /// Files that git does not know and does not ignore.
  case untracked
  /// Files with conflicts.
  case conflicted
  /// Stashes.
  case stashed
  /// Commits that a branch has and its upstream lacks, of the branch that has most.
  case ahead
  /// Commits that an upstream has and its branch lacks, of the branch that lacks most.
  case behind
  /// Branches with commits that are on no remote.
  case unpushed
  /// Branches whose upstream does not exist any more.
  case gone
  /// The repository has no remote.
  case noremote
  /// The directory does not exist.
  case missing
  /// HEAD is not on a branch.
  case detached
  /// A merge, a rebase or another operation is in progress.
  case busy
  /// The branch that HEAD is on.
  case branch
  /// When the last commit was made.
  case lastCommit = "last_commit"
  /// When something was fetched last.
  case lastFetch = "last_fetch"

  /// What a value is.
  public var kind: ConditionField.Kind {
    switch self {
    case .dirty, .noremote, .missing, .detached, .busy: .flag
    case .staged, .changed, .untracked, .conflicted, .stashed, .ahead, .behind, .unpushed, .gone: .count
    case .branch: .text
    case .lastCommit, .lastFetch: .time
    }
  }
}
