import ByteStrings
import Registry

/// What git says on stderr, for a message of ours.
public enum GitDiagnostics {
  /// The lines that tell why git failed, in one sentence, without secrets and safe for a terminal.
  ///
  /// - Returns: nil where git gave no reason.
  public static func reason(_ errors: [UInt8]) -> String? {
    let lines = errors.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
      .map { withoutLabel(ByteText.string(from: $0)) }
      .filter { line in !line.isEmpty && !passedOver.contains { line.begins(with: $0) } }
    let chosen = lines.suffix(5)
    if chosen.isEmpty { return nil }
    return Quoting.visible(RemoteURL.withoutSecrets(chosen.joined(separator: "; ")))
  }

  /// Whether git says that the other side ended the connection before it sent any objects: sshd beyond its
  /// `MaxStartups`, or a host that sheds load. Git and ssh have no status of their own for that.
  public static func connectionWasDropped(_ errors: [UInt8]) -> Bool {
    let text = String(decoding: errors, as: UTF8.self).lowercased()
    return dropped.contains { text.contains($0) } && !text.contains("receiving objects:")
  }

  /// Whether it failed for want of a person: a user name, a password, a passphrase, a word on a host's key.
  public static func personWasWanted(_ errors: [UInt8]) -> Bool {
    let text = String(decoding: errors, as: UTF8.self).lowercased()
    return wanting.contains { text.contains($0) }
  }

  /// Whether the host was not reached, so that its other repositories will not be either.
  public static func hostWasNotReached(_ errors: [UInt8]) -> Bool {
    let text = String(decoding: errors, as: UTF8.self).lowercased()
    return unreached.contains { text.contains($0) }
  }

  /// As git (`credential.c`, `http.c`) and OpenSSH (`sshconnect.c`, `sshconnect2.c`) word it.
  private static let wanting = [
    "could not read username for", "could not read password for", "terminal prompts disabled",
    "authentication failed for", "host key verification failed", "permission denied (",
  ]

  /// As git, curl and OpenSSH word it.
  private static let unreached = [
    "could not resolve host", "unable to look up", "connection refused", "connection timed out",
    "no route to host", "network is unreachable", "failed to connect to", "couldn't connect to server",
  ]

  /// Whether git says that it left out what the other side has, since that has no whole history: `fetch` has no status of its
  /// own for it.
  public static func isShallow(_ errors: [UInt8]) -> Bool {
    String(decoding: errors, as: UTF8.self).contains("shallow roots are not allowed")
  }

  /// As OpenSSH (`kex.c`, `packet.c`), curl and git word it.
  private static let dropped = [
    "kex_exchange_identification", "ssh_exchange_identification", "connection closed by",
    "connection reset by",
    "timed out during banner exchange", "empty reply from server", "returned error: 429",
    "returned error: 502", "returned error: 503", "returned error: 504",
  ]

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
    for label in ["fatal: ", "error: "] where line.begins(with: label) {
      return String(line.dropFirst(label.count))
    }
    return line
  }
}
