/// The pkt-lines of a git request, in memory; see gitprotocol-common(5).
struct RequestLines {
  /// The bytes are not made of pkt-lines.
  struct Malformed: Error {}

  /// A line without its length, or the end of a section.
  enum Line {
    case text(ArraySlice<UInt8>)
    case end
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// The next one; nil behind the last.
  mutating func next() throws(Malformed) -> Line? {
    if rest.isEmpty { return nil }
    let digits = rest.prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Self.isHexadecimal($0) }),
      let length = Int(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw Malformed() }
    rest = rest.dropFirst(4)
    if length < 4 { return .end }
    guard rest.count >= length - 4 else { throw Malformed() }
    defer { rest = rest.dropFirst(length - 4) }
    return .text(rest.prefix(length - 4))
  }

  static func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
