import ByteStrings

/// The parameters of a URL's query, as HTML forms write them.
struct Query {
  private var values: [String: String] = [:]

  init(_ text: String) {
    for part in text.split(at: "&") {
      let pair = part.split(at: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = Self.decoded(pair[0])
      // Where a name comes twice the first one counts.
      if values[name] == nil { values[name] = pair.count > 1 ? Self.decoded(pair[1]) : "" }
    }
  }

  subscript(name: String) -> String? { values[name] }

  /// The text with `+` for a space and `%XX` for a byte; a percent sign without two digits stands for itself.
  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        let digits = rest.prefix(2)
        if digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) {
          bytes.append(value)
          rest = rest.dropFirst(2)
        } else {
          bytes.append(byte)
        }
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
