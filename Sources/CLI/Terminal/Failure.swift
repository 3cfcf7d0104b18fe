import SystemSupport

/// What a person or a script is told when something could not be done.
///
/// The message is one sentence: what was being done, to what, and why it failed. What to do about it is a hint.
public struct Failure: Error, Sendable {
  /// The status to end with; see ``ExitStatus``.
  public let status: Int32
  /// The sentence, without `fatal:` and with control characters from data already shown as escapes.
  public let message: String
  /// What to do, one sentence each.
  public let hints: [String]

  /// A failure that ends the command with 128, and `fatal:` before its message.
  public static func fatal(_ message: String, hints: String...) -> Failure {
    Failure(status: ExitStatus.fatal, message: message, hints: hints)
  }

  /// A documented "no", which ends the command with 1, and `error:` before its message.
  public static func no(_ message: String, hints: String...) -> Failure {
    Failure(status: ExitStatus.no, message: message, hints: hints)
  }

  /// A wrong command line, which ends the command with 129.
  public static func usage(_ message: String) -> Failure {
    Failure(status: ExitStatus.usage, message: message, hints: [])
  }

  /// A failure with all its parts.
  public init(status: Int32, message: String, hints: [String]) {
    self.status = status
    self.message = message
    self.hints = hints
  }

  /// The failure that tells of `error`; one that is a `Failure` already stays what it is. Of an error that has no words in
  /// CLI the description is the sentence.
  public init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as any ReportedError: self = error.failure
    default: self.init(status: ExitStatus.fatal, message: "\(error)", hints: [])
    }
  }

  /// The same with what was being done before its message.
  public func during(_ action: String) -> Failure {
    Failure(status: status, message: "\(action): \(message)", hints: hints)
  }
}
