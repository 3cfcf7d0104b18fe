import ByteStrings

extension JSON {
  /// Reads one JSON text: strict RFC 8259 in UTF-8, no byte order mark, no name twice in an object, no surrogate
  /// without its other half, nothing but white space behind the value.
  ///
  /// - Parameters:
  ///   - maximumDepth: how deep arrays and objects may nest; the guard of the stack against hostile input.
  ///   - maximumValues: how many values there may be in all, each of which takes more memory than the byte or two that it is
  ///     in the text.
  /// - Throws: ``JSONError``, with the byte where it went wrong.
  public static func parse(
    _ bytes: [UInt8], maximumDepth: Int = 16, maximumValues: Int = .max
  ) throws(JSONError) -> JSON {
    try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
      var parser = JSONParser(bytes: buffer, maximumDepth: maximumDepth, maximumValues: maximumValues)
      return try parser.document()
    }
  }
}

/// The parser's state: a position in the bytes. Every read is behind a check against their count.
private struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  let maximumDepth: Int
  let maximumValues: Int
  var position = 0
  private var values = 0

  init(bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int, maximumValues: Int) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
    self.maximumValues = maximumValues
  }

  mutating func document() throws(JSONError) -> JSON {
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw failure(.trailingText) }
    return value
  }

  private func failure(_ fault: JSONError.Fault, at offset: Int? = nil) -> JSONError {
    JSONError(offset: offset ?? position, fault: fault)
  }

  /// The byte at the position; 0, which JSON has nowhere outside of strings, at the end.
  @inline(__always)
  private var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

  @inline(__always)
  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSON {
    skipSpace()
    values += 1
    guard values <= maximumValues else { throw failure(.tooManyValues(maximumValues)) }
    switch current {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "-"), 0x30...0x39: return .number(try number())
    case UInt8(ascii: "t"):
      try word("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try word("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try word("null")
      return .null
    default:
      throw failure(position < bytes.count ? .unexpectedCharacter : .unexpectedEnd)
    }
  }

  private mutating func word(_ word: StaticString) throws(JSONError) {
    for index in 0..<word.utf8CodeUnitCount {
      guard position + index < bytes.count, bytes[position + index] == word.utf8Start[index] else {
        throw failure(.unknownWord)
      }
    }
    position += word.utf8CodeUnitCount
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSON.Members {
    guard depth <= maximumDepth else { throw failure(.tooDeep(levels: maximumDepth)) }
    position += 1
    var members: JSON.Members = [:]
    skipSpace()
    if current == UInt8(ascii: "}") {
      position += 1
      return members
    }
    // The members of an entry; saves growing four times.
    if depth == 1 { members.reserveCapacity(16) }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw failure(.noName) }
      let start = position
      let name = try string()
      skipSpace()
      guard current == UInt8(ascii: ":") else { throw failure(.noColon) }
      position += 1
      let value = try value(depth: depth)
      guard members.updateValue(value, forKey: name) == nil else {
        throw failure(.repeatedName, at: start)
      }
      skipSpace()
      switch current {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "}"):
        position += 1
        return members
      default: throw failure(.unendedObject)
      }
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> [JSON] {
    guard depth <= maximumDepth else { throw failure(.tooDeep(levels: maximumDepth)) }
    position += 1
    var items: [JSON] = []
    skipSpace()
    if current == UInt8(ascii: "]") {
      position += 1
      return items
    }
    while true {
      items.append(try value(depth: depth))
      skipSpace()
      switch current {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "]"):
        position += 1
        return items
      default: throw failure(.unendedArray)
      }
    }
  }

  private mutating func number() throws(JSONError) -> String {
    let start = position
    if current == UInt8(ascii: "-") { position += 1 }
    if current == UInt8(ascii: "0") {
      position += 1
    } else {
      try digits()
    }
    if current == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if current | 0x20 == UInt8(ascii: "e") {
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
  }

  private mutating func digits() throws(JSONError) {
    let start = position
    while (0x30...0x39).contains(current) { position += 1 }
    guard position > start else { throw failure(.noDigit) }
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        let text = try text(start..<position)
        position += 1
        return text
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
      guard byte >= 0x20 else { throw failure(.controlCharacter) }
      position += 1
    }
    throw failure(.unendedString)
  }

  private func text(_ range: Range<Int>) throws(JSONError) -> String {
    guard let text = ByteText.utf8(UnsafeBufferPointer(rebasing: bytes[range])) else {
      throw failure(.notUTF8, at: range.lowerBound)
    }
    return text
  }

  /// The rest of a string whose first escape is at the position.
  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var text = try text(start..<position)
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        position += 1
        return text
      }
      if byte == UInt8(ascii: "\\") {
        text.unicodeScalars.append(try escape())
        continue
      }
      let run = position
      while position < bytes.count, bytes[position] != UInt8(ascii: "\""),
        bytes[position] != UInt8(ascii: "\\")
      {
        guard bytes[position] >= 0x20 else { throw failure(.controlCharacter) }
        position += 1
      }
      text += try self.text(run..<position)
    }
    throw failure(.unendedString)
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    let start = position
    position += 1
    let letter = current
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var code = try codeUnit(escapeAt: start)
      if (0xD800...0xDBFF).contains(code), current == UInt8(ascii: "\\") {
        position += 1
        guard current == UInt8(ascii: "u") else { throw failure(.loneSurrogate, at: start) }
        position += 1
        let second = try codeUnit(escapeAt: start)
        guard (0xDC00...0xDFFF).contains(second) else { throw failure(.loneSurrogate, at: start) }
        code = 0x10000 + (code - 0xD800) << 10 + (second - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure(.loneSurrogate, at: start) }
      return scalar
    default: throw failure(.unknownEscape, at: start)
    }
  }

  private mutating func codeUnit(escapeAt start: Int) throws(JSONError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Hexadecimal.lenientValue(of: current) else {
        throw failure(.shortEscape, at: start)
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }
}
