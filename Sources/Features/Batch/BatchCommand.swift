/// What is run in many checkouts.
public enum BatchCommand: Equatable, Sendable {
  /// A program, and its arguments.
  case program([String])
  /// A text that a shell reads, and its arguments.
  case shell(String, [String])

  /// What is run.
  public var words: [String] {
    switch self {
    case .program(let words): words
    case .shell(let text, let arguments): ["/bin/sh", "-c", text, "sh"] + arguments
    }
  }

  /// By what words ``FailureMemory`` knows it.
  public var key: [String] {
    switch self {
    case .program(let words): ["foreach", "--"] + words
    case .shell(let text, let arguments): ["foreach", "-c", text] + arguments
    }
  }

  /// The command that is known by these words; nil where they are another's.
  public init?(key: [String]) {
    guard key.count > 2, key[0] == "foreach" else { return nil }
    let rest = Array(key.dropFirst(2))
    self = key[1] == "-c" ? .shell(rest[0], Array(rest.dropFirst())) : .program(rest)
  }
}

extension FailureMemory {
  /// The command that failed last, of those that were run in many checkouts, and the ids of the projects that it is to be run in
  /// again; nil where none is remembered.
  public var lastCommand: (command: BatchCommand, failed: [String])? {
    for entry in entries {
      if let command = BatchCommand(key: entry.command) { return (command, entry.failed) }
    }
    return nil
  }
}

extension FailureMemory {
  /// What is to be run, with where it failed the last time.
  ///
  /// - Parameters:
  ///   - command: what was asked for; nil for the command that failed last.
  ///   - retrying: whether it is run only where it failed; otherwise that is forgotten.
  public func choose(
    _ command: BatchCommand?, retrying: Bool
  ) throws(BatchError) -> (command: BatchCommand, former: FailedProjects) {
    guard let command else {
      guard let last = lastCommand else { throw .nothingFailed }
      return (last.command, FailedProjects(self, last.command.key, former: last.failed))
    }
    return (command, FailedProjects(self, command.key, former: retrying ? nil : []))
  }
}

/// What became of a command in many checkouts, all of them together.
public struct BatchResult: Sendable {
  /// The checkouts.
  public let targets: [BatchTarget]
  /// What became of each; nil for those that it was not run in.
  public let outcomes: [BatchRun.Outcome?]

  /// What ``BatchRun/run(_:_:)`` returned of these.
  public init(_ targets: [BatchTarget], _ outcomes: [BatchRun.Outcome?]) {
    (self.targets, self.outcomes) = (targets, outcomes)
  }

  /// Where it did not end well.
  public var failed: [(target: BatchTarget, outcome: BatchRun.Outcome)] {
    zip(targets, outcomes).compactMap { target, outcome in
      outcome.flatMap { $0.isSuccess ? nil : (target, $0) }
    }
  }

  /// The ids of the projects that it is to be run in again: it did not end well, or was not run.
  public var again: [String] {
    zip(targets, outcomes).filter { $0.1?.isSuccess != true }.map(\.0.id)
  }

  /// How many it was not run in.
  public var leftOut: Int { outcomes.count { $0 == nil } }
}
