import ByteStrings

/// Where the daemon's log goes, a line each, safe for a terminal. What a client sends stands in it.
struct LogStream: TextOutputStream, Sendable {
  let delegate: any DaemonDelegate

  mutating func write(_ string: String) {
    delegate.log(TerminalText.safe(string.ends(with: "\n") ? String(string.dropLast()) : string, .line))
  }
}
