/// What a YAML reader of any version may take an unquoted scalar for.
///
/// YAML 1.1 and 1.2 disagree (`yes`, `0o7`, `12:30`); text that either takes for something else is written in quotes.
enum ImplicitType {
  case null, boolean, number, timestamp, special, text

  init(of text: String) {
    let lower = text.lowercased()
    switch lower {
    case "", "~", "null": self = .null
    case "true", "false", "yes", "no", "on", "off", "y", "n": self = .boolean
    case "<<", "=": self = .special
    default:
      let bytes = Array(lower.utf8)
      if Self.isNumber(bytes) {
        self = .number
      } else {
        self = Self.isDate(bytes) ? .timestamp : .text
      }
    }
  }

  private static func isNumber(_ text: [UInt8]) -> Bool {
    let body =
      text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+") ? text.dropFirst() : text[...]
    if body.elementsEqual(".inf".utf8) || body.elementsEqual(".nan".utf8) { return true }
    guard body.contains(where: isDigit) else { return false }
    for (prefix, digits) in [("0x", "0123456789abcdef_"), ("0b", "01_"), ("0o", "01234567_")]
    where body.starts(with: prefix.utf8) { return body.dropFirst(2).allSatisfy(digits.utf8.contains) }
    guard let first = body.first, isDigit(first) || first == UInt8(ascii: ".") else { return false }
    // Digits with at most one point, then perhaps an exponent; or sexagesimal, 12:30:45.
    var rest = body[...].drop { isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ":") }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst().drop { isDigit($0) || $0 == UInt8(ascii: "_") }
    }
    if rest.first == UInt8(ascii: "e") {
      rest = rest.dropFirst()
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
      rest = rest.drop(while: isDigit)
    }
    return rest.isEmpty
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Whether a text begins as a YAML timestamp does: four digits, and one or two twice.
  private static func isDate(_ text: [UInt8]) -> Bool {
    let parts = text.prefix(10).split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, (1...2).contains(parts[1].count) else { return false }
    let day = parts[2].prefix(while: isDigit)
    return !day.isEmpty && (parts[0] + parts[1]).allSatisfy(isDigit)
  }
}
