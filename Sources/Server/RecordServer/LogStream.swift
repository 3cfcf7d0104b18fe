import ByteStrings

/// Where the daemon's log goes, a line each, safe for a terminal. It quotes what clients send.
struct LogStream: TextOutputStream, Sendable {
  let delegate: any DaemonDelegate

  mutating func write(_ string: String) {
    delegate.log(TerminalText.safe(string.ends(with: "\n") ? String(string.dropLast()) : string, .line))
  }
}
