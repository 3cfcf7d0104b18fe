public import Git
public import SystemSupport
import ByteStrings
import SystemPackage

/// Runs one command in many checkouts.
public struct BatchRun: Sendable {
  /// What became of the command in one checkout.
  public enum Outcome: Sendable {
    /// It was run, or could not be started; how that ended, and after how many seconds.
    case ran(UserCommand.Ending, seconds: Double)
    /// There is no directory.
    case gone
    /// The repository is not to be worked in: it is another user's.
    case refused(GitError)

    /// Whether the command was run and ended with 0.
    public var isSuccess: Bool {
      if case .ran(.exited(0), _) = self { true } else { false }
    }
  }

  /// The command's words.
  public let words: [String]
  /// How many at a time.
  public var jobs = Self.defaultJobs
  /// Seconds that it may take in each; nil: no limit.
  public var timeLimit: Double?
  /// Whether no other is started once it has failed in one.
  public var stopsAtFailure = false
  /// Whether each gets the terminal, and standard input and output as they are; for one at a time.
  public var hasTerminal = false

  /// As many as there are processors, and at most eight.
  public static var defaultJobs: Int { min(8, ThisProcess.processors) }

  /// A run of these words.
  public init(_ words: [String]) { self.words = words }

  /// Runs the command in each, in their order.
  ///
  /// - Returns: what became of each; nil for those that it was not run in, since it had failed before or a signal came.
  /// - Throws: ``BatchError``; what the receiver throws.
  public func run(_ targets: [BatchTarget], _ receiver: any BatchReceiver) throws -> [Outcome?] {
    var outcomes = [Outcome?](repeating: nil, count: targets.count)
    var position = 0
    func end(_ index: Int, _ outcome: Outcome) throws {
      outcomes[index] = outcome
      try receiver.end(index, outcome)
    }
    func next() throws -> (key: Int, command: UserCommand)? {
      while position < targets.count {
        let index = position
        position += 1
        let target = targets[index]
        guard target.isThere else {
          try end(index, .gone)
          continue
        }
        let branch: String?
        do throws(GitError) {
          branch = try CheckedOutBranch.read(at: target.path)
        } catch {
          try end(index, .refused(error))
          continue
        }
        try receiver.begin(index)
        return (index, command(for: target, branch: branch, index: index + 1, of: targets.count))
      }
      return nil
    }
    try CommandPool.run(
      atMost: hasTerminal ? 1 : jobs, next: next, received: { try receiver.receive($0, $1, $2) },
      ended: { index, ending, seconds in
        if case .notStarted(.noSuchFileOrDirectory) = ending, isNowhere, targets[index].isThere {
          throw BatchError.noProgram(words.first ?? "")
        }
        let outcome = Outcome.ran(ending, seconds: seconds)
        try end(index, outcome)
        return !stopsAtFailure || outcome.isSuccess
      })
    return outcomes
  }

  /// Whether a program that is not found in one checkout is not found in any.
  private var isNowhere: Bool {
    guard let name = words.first, !name.holds("/") else { return false }
    return (Environment["PATH"] ?? "/").split(at: ":", omittingEmptySubsequences: false)
      .allSatisfy { $0.begins(with: "/") }
  }

  private func command(for target: BatchTarget, branch: String?, index: Int, of count: Int) -> UserCommand {
    var command = UserCommand(words, in: target.path)
    command.timeLimit = timeLimit
    command.hasTerminal = hasTerminal
    command.variables = [
      "DEV_INFRA_NAME": target.name, "DEV_INFRA_ID": target.id, "DEV_INFRA_PATH": target.path.text,
      "DEV_INFRA_REMOTE_URL": target.remoteURL, "DEV_INFRA_BRANCH": branch ?? "",
      "DEV_INFRA_INDEX": "\(index)", "DEV_INFRA_COUNT": "\(count)", "PWD": target.path.text,
    ]
    return command
  }
}

/// Receives what a command writes and does in many checkouts, each known by its number.
public protocol BatchReceiver {
  /// The command is about to be run.
  func begin(_ index: Int) throws
  /// The command wrote something.
  func receive(_ index: Int, _ stream: UserCommand.Stream, _ bytes: [UInt8]) throws
  /// The command is over, or was not run at all.
  func end(_ index: Int, _ outcome: BatchRun.Outcome) throws
  /// Nothing more comes.
  func finish() throws
}
