import ByteStrings

/// Where the daemon's log goes, a line each, as a terminal may have it. What a client sends stands in it.
struct LogStream: TextOutputStream, Sendable {
  let delegate: any DaemonDelegate

  mutating func write(_ string: String) {
    delegate.log(TerminalText.safe(string.ends(with: "\n") ? String(string.dropLast()) : string, .line))
  }
}
