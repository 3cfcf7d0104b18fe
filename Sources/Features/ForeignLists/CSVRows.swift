import ByteStrings

/// The rows of comma-separated values (RFC 4180), one at a time.
struct CSVRows {
  private let bytes: [UInt8]
  private let separator: UInt8
  private var position = 0
  /// The line that the row last read began on, from 1.
  private(set) var line = 0
  private var nextLine = 1

  /// - Parameter separator: nil for the one that the first line has: a comma, else a semicolon, else a tab.
  init(_ bytes: [UInt8], separator: UInt8? = UInt8(ascii: ",")) {
    self.bytes = bytes
    let first = bytes.prefix { $0 != 0x0A }
    self.separator =
      separator
      ?? [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09].first { first.contains($0) } ?? UInt8(ascii: ",")
  }

  /// The next row that is not an empty line; nil at the end.
  mutating func next() throws(ListError) -> [String]? {
    while position < bytes.count, bytes[position] == 0x0A || bytes[position] == 0x0D {
      if bytes[position] == 0x0A { nextLine += 1 }
      position += 1
    }
    guard position < bytes.count else { return nil }
    line = nextLine
    var row: [String] = []
    while true {
      guard row.count < ListLimits.row else {
        throw .malformed(line: line, "it has more than \(ListLimits.row) values in a row")
      }
      row.append(try value())
      guard position < bytes.count, bytes[position] == separator else { break }
      position += 1
    }
    if position < bytes.count, bytes[position] == 0x0D { position += 1 }
    if position < bytes.count {
      guard bytes[position] == 0x0A else {
        throw .malformed(line: nextLine, "text stands behind a closing quote")
      }
      position += 1
      nextLine += 1
    }
    return row
  }

  private mutating func value() throws(ListError) -> String {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      let start = position
      while position < bytes.count, bytes[position] != separator, bytes[position] != 0x0A { position += 1 }
      var end = position
      if end > start, bytes[end - 1] == 0x0D, end == bytes.count || bytes[end] == 0x0A { end -= 1 }
      return try text(bytes[start..<end])
    }
    position += 1
    var found: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
          return try text(found[...])
        }
        position += 1
      }
      if byte == 0x0A { nextLine += 1 }
      found.append(byte)
      // One more than there may be is refused as any other.
      if found.count > ListLimits.entry { return try text(found[...]) }
    }
    throw .malformed(line: line, "a quote is not closed")
  }

  private func text(_ value: ArraySlice<UInt8>) throws(ListError) -> String {
    guard value.count <= ListLimits.entry else {
      throw .malformed(line: line, "it has a value of more than \(ListLimits.entry >> 20) MiB")
    }
    return ByteText.string(from: value)
  }

  /// Values as one row: in quotes where they have to be.
  static func row(_ values: [String]) -> String {
    values.map { value in
      guard value.utf8.contains(where: { ",\"\n\r".utf8.contains($0) }) || value.begins(with: " ") else {
        return value
      }
      var quoted = String.UnicodeScalarView("\"".unicodeScalars)
      for scalar in value.unicodeScalars {
        if scalar == "\"" { quoted.append(scalar) }
        quoted.append(scalar)
      }
      return String(quoted) + "\""
    }.joined(separator: ",")
  }
}
