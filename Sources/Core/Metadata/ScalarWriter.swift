/// Writes text as a YAML scalar that reads back as that very text.
struct ScalarWriter {
  /// Whether it stands between brackets or braces, where commas and the like end an unquoted scalar.
  var inFlow: Bool
  /// Whether our own reader takes unquoted scalars of the key for text, whatever they look like.
  var isKnownKey: Bool
  /// Whether JSON's readers are to take it as well: all text is in double quotes.
  var isJSON = false

  /// `text` in the style of what it replaces where that can hold it, else in double quotes.
  ///
  /// - Parameters:
  ///   - style: the style to keep; block scalars are the caller's matter.
  ///   - old: the text that is replaced.
  func scalar(_ text: String, style: ScalarStyle = .plain, replacing old: String? = nil) -> String {
    switch isJSON ? .double : style {
    case .single where Self.isPrintable(text): "'" + text.split("'").joined(separator: "''") + "'"
    case .double: Self.doubleQuoted(text)
    default: mayBePlain(text, old: style == .plain ? old : nil) ? text : Self.doubleQuoted(text)
    }
  }

  /// Unquoted text must be text to every YAML reader, or be to each of them of the type that the old value had:
  /// `version: 0.3` may become `version: 0.4`.
  private func mayBePlain(_ text: String, old: String?) -> Bool {
    guard hasPlainForm(text) else { return false }
    let type = ImplicitType(of: text)
    if type == .text { return true }
    guard let old, type != .null, type != .special, type == ImplicitType(of: old) else { return false }
    if isKnownKey { return true }
    if case .text = CoreScalar(plain: text) { return true }
    return false
  }

  private func hasPlainForm(_ text: String) -> Bool {
    guard Self.isPrintable(text), let first = text.utf8.first, let last = text.utf8.last else { return false }
    if "-?:,[]{}#&*!|>'\"%@` ".utf8.contains(first) || last == UInt8(ascii: " ") || last == UInt8(ascii: ":")
    {
      return false
    }
    if text.utf8.starts(with: "...".utf8) { return false }
    // By bytes: a combining mark behind the blank would hide it from a search by characters.
    if zip(text.utf8, text.utf8.dropFirst()).contains(where: { Self.endsPlain.contains([$0, $1]) }) {
      return false
    }
    return !inFlow || !text.utf8.contains { ",[]{}:".utf8.contains($0) }
  }

  /// Pairs that begin a value or a comment.
  private static let endsPlain: [[UInt8]] = [Array(": ".utf8), Array(" #".utf8)]

  /// Whether every scalar may stand in the file as it is, on one line, and shows as itself on a terminal.
  static func isPrintable(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { isPrintable($0) }
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case ..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFFE, 0xFFFF: false
    default: true
    }
  }

  /// `text` in double quotes, with escapes for what may not stand there as it is.
  static func doubleQuoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      default:
        if isPrintable(scalar) {
          out.unicodeScalars.append(scalar)
        } else {
          // As in JSON; what needs an escape is never beyond U+FFFF.
          let digits = String(scalar.value, radix: 16)
          out += "\\u" + zeros(4 - digits.utf8.count) + digits
        }
      }
    }
    return out + "\""
  }

  private static func zeros(_ count: Int) -> String { String(repeating: "0", count: max(0, count)) }

  /// `texts` as a list in brackets.
  func flowList(_ texts: [String]) -> String {
    let writer = ScalarWriter(inFlow: true, isKnownKey: isKnownKey, isJSON: isJSON)
    return "[" + texts.map { writer.scalar($0) }.joined(separator: ", ") + "]"
  }
}

extension String {
  /// The parts between occurrences of one ASCII character, by scalars, so that no combining mark hides it.
  fileprivate func split(_ separator: Unicode.Scalar) -> [String] {
    unicodeScalars.split(separator: separator, omittingEmptySubsequences: false).map { String($0) }
  }
}
