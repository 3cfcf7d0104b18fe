import ByteStrings

/// Why a URL is not taken.
public struct RefusedURL: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, as a clause: `"ext::x" runs a command`. Never repeats a password; safe for a terminal.
  public let sentence: String

  init(_ text: String, _ reason: String) {
    sentence = Secrets.isSafe(toShow: text) ? "\(shown(text)) \(reason)" : "a URL \(reason)"
  }

  init(_ sentence: String) { self.sentence = sentence }

  /// The sentence.
  public var description: String { sentence }
}
