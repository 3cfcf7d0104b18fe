import ByteStrings

extension JSON {
  /// The bytes that `jq -S .` prints for this value, with the final newline: names in the order of their UTF-8
  /// bytes, two spaces a level, control characters and DEL escaped, other text as UTF-8.
  ///
  /// One difference: numbers stay as they were written, which jq 1.6 turns into doubles.
  public var canonical: [UInt8] {
    var out: [UInt8] = []
    // Nearly every entry has room in it.
    out.reserveCapacity(1024)
    append(to: &out, indent: 0)
    out.append(UInt8(ascii: "\n"))
    return out
  }

  /// Hands over the bytes of ``canonical`` of an array of these values in pieces, a piece for each: of many not all have to be in
  /// memory.
  public static func writeCanonicalArray<Fault: Error>(
    of values: some Sequence<JSON>, to write: ([UInt8]) throws(Fault) -> Void
  ) throws(Fault) {
    var piece = [UInt8(ascii: "[")]
    var isEmpty = true
    for value in values {
      if !isEmpty { piece.append(UInt8(ascii: ",")) }
      isEmpty = false
      newline(to: &piece, indent: 1)
      value.append(to: &piece, indent: 1)
      try write(piece)
      piece.removeAll(keepingCapacity: true)
    }
    if !isEmpty { newline(to: &piece, indent: 0) }
    piece += "]\n".utf8
    try write(piece)
  }

  /// The value on one line, names sorted, no spaces, no newline: the bytes of `jq -cS .`.
  public var compact: String {
    var out: [UInt8] = []
    append(to: &out, indent: nil)
    return String(decoding: out, as: UTF8.self)
  }

  /// - Parameter indent: the level of this value, or nil for one line.
  private func append(to out: inout [UInt8], indent: Int?) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .number(let text): out += text.utf8
    case .string(let text): Self.append(text, to: &out)
    case .array(let items):
      out.append(UInt8(ascii: "["))
      var isFirst = true
      for item in items {
        Self.begin(&isFirst, to: &out, indent: indent)
        item.append(to: &out, indent: indent.map { $0 + 1 })
      }
      if !isFirst { Self.newline(to: &out, indent: indent) }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      var isFirst = true
      for (key, value) in members.sortedByKey() {
        Self.begin(&isFirst, to: &out, indent: indent)
        Self.append(key, to: &out)
        out.append(UInt8(ascii: ":"))
        if indent != nil { out.append(UInt8(ascii: " ")) }
        value.append(to: &out, indent: indent.map { $0 + 1 })
      }
      if !isFirst { Self.newline(to: &out, indent: indent) }
      out.append(UInt8(ascii: "}"))
    }
  }

  /// Begins an item of an array or a member of an object.
  private static func begin(_ isFirst: inout Bool, to out: inout [UInt8], indent: Int?) {
    if !isFirst { out.append(UInt8(ascii: ",")) }
    isFirst = false
    newline(to: &out, indent: indent.map { $0 + 1 })
  }

  private static func newline(to out: inout [UInt8], indent: Int?) {
    guard let indent else { return }
    out.append(UInt8(ascii: "\n"))
    for _ in 0..<indent {
      out.append(UInt8(ascii: " "))
      out.append(UInt8(ascii: " "))
    }
  }

  /// Whether a byte of a string is written as it is.
  private static func isPlain(_ byte: UInt8) -> Bool {
    !byte.isControl && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private static func append(_ text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    let isWritten =
      text.utf8.withContiguousStorageIfAvailable { bytes in
        // Nearly every text stands for itself.
        guard bytes.allSatisfy(Self.isPlain) else { return false }
        out.append(contentsOf: bytes)
        return true
      } ?? false
    for byte in isWritten ? "".utf8 : text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): out += [UInt8(ascii: "\\"), UInt8(ascii: "\"")]
      case UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
      case 0x08: out += [UInt8(ascii: "\\"), UInt8(ascii: "b")]
      case 0x0C: out += [UInt8(ascii: "\\"), UInt8(ascii: "f")]
      case 0x0A: out += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
      case 0x0D: out += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
      case 0x09: out += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
      case 0x00..<0x20, 0x7F:
        out += "\\u00".utf8
        out.append(Hexadecimal.digit(byte >> 4))
        out.append(Hexadecimal.digit(byte))
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}
