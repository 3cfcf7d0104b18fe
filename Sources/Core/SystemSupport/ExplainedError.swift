/// An error that can tell a person what happened: what was being done, to what, and why it failed.
public protocol ExplainedError: Error {
  /// One sentence, with control characters from data already shown as escapes.
  var explanation: String { get }
  /// What to do about it, one sentence each.
  var hints: [String] { get }
}

extension ExplainedError {
  /// None, unless the error has some.
  public var hints: [String] { [] }
}

extension SystemError: ExplainedError {
  /// The action, its subject and the system's reason.
  public var explanation: String { "\(action) \(subject) failed: \(reason)" }
}
