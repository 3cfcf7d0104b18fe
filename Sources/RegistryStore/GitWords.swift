import Records
import Registry

/// What git says on stderr, for a message of ours.
public enum GitWords {
  /// The lines that tell why git failed, in one sentence, without secrets and safe for a terminal.
  ///
  /// - Returns: nil where git gave no reason.
  public static func reason(_ errors: [UInt8]) -> String? {
    let lines = errors.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
      .map { withoutLabel(ByteText.string(from: $0)) }
      .filter { line in !line.isEmpty && !passedOver.contains { line.hasPrefix($0) } }
    let chosen = lines.suffix(5)
    if chosen.isEmpty { return nil }
    return Quoting.visible(RemoteURL.withoutSecrets(chosen.joined(separator: "; ")))
  }

  /// Progress, and what only helps who typed the git command.
  private static let passedOver = [
    "hint:", "To ", "From ", "Cloning into ", "Enumerating ", "Counting ", "Compressing ", "Delta ",
    "Writing ",
    "Sending projects: ", "Total ", "Receiving ", "Unpacking ", "Resolving ", "Updating files: ",
    "remote: Enumerating ",
    "remote: Counting ", "remote: Compressing ", "remote: Total ",
    "Please make sure you have the correct access rights", "and the repository exists.",
  ]

  private static func withoutLabel(_ line: String) -> String {
    for label in ["fatal: ", "error: "] where line.hasPrefix(label) {
      return String(line.dropFirst(label.count))
    }
    return line
  }
}
