import SystemSupport
import ByteStrings
import Registry

/// Messages on stderr, a line each.
///
/// Callers put values into them with `Quoting.visible`, so that one with a newline does not make two lines. Whatever they
/// hand over goes through ``TerminalText`` here, wherever stderr leads: a message ends up before somebody's eyes. So does
/// ``RemoteURL/withoutSecrets(_:)``: what was typed in the place of a name or a directory may be a URL with a password.
public enum Messages {
  /// Nothing more can be done.
  public static func fatal(_ message: String) { write("fatal: \(message)") }
  /// One thing could not be done; others go on.
  public static func error(_ message: String) { write("error: \(message)") }
  /// Something was done, and something about it is worth knowing.
  public static func warning(_ message: String) { write("warning: \(message)") }
  /// What to do.
  public static func hint(_ message: String) { write("hint: \(message)") }
  /// A plain note.
  public static func note(_ message: String) { write(message) }
  /// Tells why a command did not do what it was asked, in one line and its hints.
  ///
  /// - Parameters:
  ///   - usage: what follows where the command line is wrong.
  ///   - refuse: how a documented no is told.
  /// - Returns: the status to end with.
  public static func report(
    _ failure: Failure, usage: String, refusal refuse: (String) -> Void = { error($0) }
  ) -> Int32 {
    switch failure.status {
    case ExitStatus.no: refuse(failure.message)
    case ExitStatus.usage: note("error: \(failure.message)\n\(usage)")
    default: fatal(failure.message)
    }
    for hint in failure.hints { self.hint(hint) }
    return failure.status
  }

  /// Prints a failure that does not end the command.
  public static func error(_ failure: Failure) {
    error(failure.message)
    for hint in failure.hints { self.hint(hint) }
  }

  /// Prints an error that does not end the command.
  public static func error(_ error: any Error) { self.error(Failure(error)) }

  private static func write(_ line: String) {
    // One write, so that lines of processes that run at once do not mix. Where stderr is gone there is nobody to tell.
    let text = ByteText.bytes(of: RemoteURL.withoutSecrets(line) + "\n")
    try? Files.write(TerminalText.safe(text), to: 2, name: "stderr")
  }
}
