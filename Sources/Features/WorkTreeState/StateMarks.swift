import ByteStrings
import Git
import RegistryIndex
import SystemSupport

/// What is worth seeing of a checkout's state at a glance: marks with numbers, like those of prompts, safe for a terminal.
public struct StateMarks: Sendable {
  /// How much a state needs attention, the most urgent first.
  public enum Urgency: Int, Comparable, Sendable {
    /// It could not be read.
    case broken
    /// Files are in conflict.
    case conflict
    /// A merge or the like is in progress.
    case operation
    /// Files are not committed.
    case dirty
    /// Commits are on no remote.
    case unpushed
    /// There are untracked files.
    case untracked
    /// There are stashes.
    case stashed
    /// Only an upstream has something new.
    case behind
    /// There is nothing to do.
    case clean

    /// The more urgent one is less.
    public static func < (left: Urgency, right: Urgency) -> Bool { left.rawValue < right.rawValue }
  }

  /// What a mark stands for.
  public enum Tone: Sendable {
    /// Work cannot go on: files in conflict, an operation in progress, or a state that cannot be read.
    case alarm
    /// What is not committed.
    case changes
    /// Commits that are to be pushed.
    case commits
    /// Everything else.
    case other
  }

  /// How urgent it is.
  public let urgency: Urgency
  /// The branch, or the commit of a detached HEAD.
  public let branch: String
  /// What there is.
  public let marks: [(text: String, tone: Tone)]

  /// The marks of a state.
  ///
  /// - Parameter home: the home directory, for which `~` stands.
  public init(_ state: CheckoutState, home: String? = nil) {
    urgency = Self.urgency(of: state)
    guard let repository = state.repository else {
      branch = ""
      let path = home.map { Self.short(state.path.text, home: $0) } ?? state.path.text
      let error = state.isMissing ? "\(path) is gone" : state.error ?? ""
      marks = [(Quoting.visible(error), .alarm)]
      return
    }
    var branch = repository.branch.map { Quoting.visible($0) } ?? ""
    if state.isDetached { branch = "@\((repository.head ?? "").prefix(8))" }
    if repository.isBare { branch = "(bare)" }
    self.branch = branch
    var marks: [(String, Tone)] = []
    if let operation = repository.operation { marks.append((operation.rawValue, .alarm)) }
    for mark in StateMark.allCases {
      let (number, tone) = Self.count(mark, in: repository, state.currentBranch)
      if let text = mark.text(number) { marks.append((text, tone)) }
    }
    if state.currentBranch?.isUpstreamGone ?? false { marks.append(("gone", .changes)) }
    if repository.remotes.isEmpty {
      marks.append(("no remote", .other))
    } else if let others = Self.others(repository) {
      marks.append((others, .commits))
    }
    self.marks = marks
  }

  private static func short(_ path: String, home: String) -> String {
    path.begins(with: home + "/") ? "~" + path.dropFirst(home.count) : path
  }

  private static func count(
    _ mark: StateMark, in repository: RepositoryState, _ branch: RepositoryState.Branch?
  ) -> (Int, Tone) {
    switch mark {
    case .conflicted: (repository.conflicted, .alarm)
    case .staged: (repository.staged, .changes)
    case .changed: (repository.changed, .changes)
    case .unsure: (repository.unsure, .changes)
    case .untracked: (repository.untracked, .other)
    case .stashed: (repository.stashes, .other)
    case .ahead: (branch?.ahead ?? 0, .commits)
    case .behind: (branch?.behind ?? 0, .other)
    }
  }

  /// The branches that are on no remote, but for the current one where its number says so.
  private static func others(_ repository: RepositoryState) -> String? {
    let unpushed = repository.branches.filter { branch in
      !branch.isOnRemote
        && !(branch.ahead ?? 0 > 0 && repository.branch.map { $0.hasSameBytes(as: branch.name) } ?? false)
    }
    var shown = unpushed.prefix(3).map { branch in
      Quoting.visible(branch.name) + (branch.ahead.map { StateMark.ahead.rawValue + String($0) } ?? "")
    }
    let more = unpushed.count - shown.count
    // What is in progress has a detached HEAD of its own.
    if repository.headOnly > 0, repository.operation == nil {
      shown.insert("HEAD" + StateMark.ahead.rawValue + String(repository.headOnly), at: 0)
    }
    guard !shown.isEmpty else { return nil }
    return "unpushed: " + shown.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }

  private static func urgency(of state: CheckoutState) -> Urgency {
    if state.error != nil { return .broken }
    if state.isConflicted { return .conflict }
    if state.isBusy { return .operation }
    if state.isDirty { return .dirty }
    if state.isUnpushed, !state.hasNoRemote { return .unpushed }
    if state.hasUntracked { return .untracked }
    if state.isStashed { return .stashed }
    return state.isBehind ? .behind : .clean
  }
}
