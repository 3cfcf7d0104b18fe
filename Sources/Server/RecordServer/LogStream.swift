import Terminal
import ByteStrings

/// Where the daemon's log goes: stderr, a line each, as a terminal may have it. What a client sends stands in it.
struct LogStream: TextOutputStream, Sendable {
  mutating func write(_ string: String) {
    Messages.note(TerminalText.safe(string.hasSuffix("\n") ? String(string.dropLast()) : string, .line))
  }
}
