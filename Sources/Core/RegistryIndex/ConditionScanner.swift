import ByteStrings

/// The text of a condition, taken apart from left to right.
struct ConditionScanner {
  /// The bytes of the text.
  let bytes: [UInt8]
  /// How many were taken.
  private(set) var position = 0

  init(_ text: String) { bytes = ByteText.bytes(of: text) }

  /// The next byte that is not white space; nil at the end.
  mutating func peek() -> UInt8? {
    while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
    return position < bytes.count ? bytes[position] : nil
  }

  /// Takes a text that stands next, behind white space.
  mutating func take(_ text: String) -> Bool {
    guard peek() != nil, bytes[position...].starts(with: text.utf8) else { return false }
    position += text.utf8.count
    return true
  }

  /// Takes `word` where it stands next as a whole word, in any case.
  mutating func takeWord(_ word: String) -> Bool {
    guard peek() != nil else { return false }
    let end = position + word.utf8.count
    guard end <= bytes.count, end == bytes.count || !Self.isName(bytes[end]),
      String(decoding: bytes[position..<end], as: UTF8.self).lowercased() == word
    else { return false }
    // `not:x` and `or=1` compare a field of that name.
    if end < bytes.count, ":=<>".utf8.contains(bytes[end]) { return false }
    position = end
    return true
  }

  /// Takes a name: letters, digits, `_` and `-`; empty where none stands next.
  mutating func takeName() -> String {
    guard peek() != nil else { return "" }
    let name = bytes[position...].prefix(while: Self.isName)
    position += name.count
    return String(decoding: name, as: UTF8.self)
  }

  /// Takes what stands next up to white space or a character that means something, at least one byte: for a message.
  mutating func takeUnknown() -> String {
    guard let first = peek() else { return "" }
    var end = position + 1
    if !"()&|!".utf8.contains(first) {
      while end < bytes.count, !Self.isBlank(bytes[end]), !"()&|".utf8.contains(bytes[end]) { end += 1 }
    }
    // A letter of several bytes is one.
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    defer { position = end }
    return ByteText.string(from: bytes[position..<end])
  }

  /// A value, and whether it stood in quotes.
  mutating func takeValue() throws(ConditionFaultAt) -> (text: String, isQuoted: Bool) {
    guard let first = peek() else { return ("", false) }
    if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
      return (ByteText.string(from: try takeQuoted(first)), true)
    }
    let start = position
    while position < bytes.count, Self.isBare(bytes[position]) { position += 1 }
    return (ByteText.string(from: bytes[start..<position]), false)
  }

  /// In double quotes a backslash takes the next byte as it is, in single ones it is one, as in a shell.
  private mutating func takeQuoted(_ quote: UInt8) throws(ConditionFaultAt) -> [UInt8] {
    let start = position
    position += 1
    var value: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == quote { return value }
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), position < bytes.count {
        value.append(bytes[position])
        position += 1
      } else {
        value.append(byte)
      }
    }
    throw ConditionFaultAt(fault: .quoteNotClosed, range: start..<(start + 1))
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func isName(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: "-")
  }

  /// Whether a byte may stand in a value without quotes.
  private static func isBare(_ byte: UInt8) -> Bool {
    !byte.isControl && !" \"'(),&|".utf8.contains(byte)
  }

  /// Whether a value may stand without quotes.
  static func isBare(_ value: [UInt8]) -> Bool {
    // `==` is another way to write `=`.
    !value.isEmpty && value.first != UInt8(ascii: "=") && value.allSatisfy(isBare)
  }
}

/// What is wrong at a place of a text.
struct ConditionFaultAt: Error {
  let fault: ConditionError.Fault
  let range: Range<Int>
}
