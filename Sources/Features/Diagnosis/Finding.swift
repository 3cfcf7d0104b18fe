/// What a part of the diagnosis looks at.
public enum Check: String, CaseIterable, Sendable {
  /// The versions of the toolset, and of what it stands on.
  case versions
  /// Where everything is.
  case places
  /// The settings of the registry, and variables that count.
  case settings
  /// The registry itself.
  case registry
  /// The remotes.
  case remotes
  /// The git hooks that register repositories.
  case hooks
  /// What shells have been told of the toolset.
  case shell
  /// Where secrets are kept.
  case keys
  /// The clock.
  case clock
  /// The disk.
  case disk
}

/// Something that a person may want to see to.
public struct Finding: Sendable {
  /// How much it matters.
  public enum Severity: String, Comparable, CaseIterable, Sendable {
    /// Something does not work.
    case error
    /// Something will not work, or not as it is meant to.
    case warning
    /// Something could be otherwise.
    case note

    /// The one that matters more comes first.
    public static func < (one: Severity, other: Severity) -> Bool { one.rank < other.rank }

    private var rank: Int {
      switch self {
      case .error: 0
      case .warning: 1
      case .note: 2
      }
    }
  }

  /// How much it matters.
  public let severity: Severity
  /// What was looked at.
  public let check: Check
  /// What it is.
  public let problem: Problem

  /// A finding of these parts.
  public init(_ severity: Severity, _ check: Check, _ problem: Problem) {
    self.severity = severity
    self.check = check
    self.problem = problem
  }
}

/// Something that a report says of this machine, and that is neither good nor bad.
public struct Fact: Equatable, Sendable {
  /// What was looked at.
  public let check: Check
  /// What it is of, by a name that stays.
  public let name: String
  /// What it is, without secrets; a name may have several facts.
  public let value: String
}

/// All that a diagnosis came upon.
public struct Report: Sendable {
  /// The facts, in the order in which they were found.
  public private(set) var facts: [Fact] = []
  /// The findings, in the order in which they were found.
  public private(set) var findings: [Finding] = []

  /// An empty report.
  public init() {}

  /// Whether there is anything that matters.
  public var isSound: Bool { findings.allSatisfy { $0.severity == .note } }

  /// The findings, those that matter most first.
  public var sorted: [Finding] {
    findings.enumerated().sorted { ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset) }
      .map(\.element)
  }

  mutating func state(_ check: Check, _ name: String, _ value: String?) {
    guard let value else { return }
    facts.append(Fact(check: check, name: name, value: value))
  }

  mutating func find(_ severity: Finding.Severity, _ check: Check, _ problem: Problem) {
    findings.append(Finding(severity, check, problem))
  }
}
