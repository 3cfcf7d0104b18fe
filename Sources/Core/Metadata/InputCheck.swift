import ByteStrings

/// What is refused before libyaml sees it.
package enum InputCheck {
  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Refuses what is too large, not UTF-8, holds characters that YAML does not allow, or directives.
  ///
  /// The directives are refused here because libyaml compares each `%TAG` with every earlier one.
  ///
  /// - Parameter limit: how many bytes there may be: those of a `.dev-infra.yml`, unless given.
  package static func check(_ bytes: [UInt8], limit: Int? = nil) throws(MetadataError) {
    guard bytes.count <= limit ?? Limits.file else { throw MetadataError(.tooLarge) }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw MetadataError(.utf16)
    }
    guard String(validating: bytes, as: UTF8.self) != nil else { throw invalidText(bytes) }
    try checkCharacters(bytes)
    try checkDirectives(bytes)
  }

  private static func invalidText(_ bytes: [UInt8]) -> MetadataError {
    var decoder = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var position = Position(offset: 0, line: 1, column: 1)
    while case .valid(let scalar) = decoder.parseScalar(from: &iterator) {
      position.column += 1
      if scalar.first == UInt8(ascii: "\n") {
        position = Position(offset: 0, line: position.line + 1, column: 1)
      }
    }
    return position.error(.notUTF8)
  }

  private static func checkCharacters(_ bytes: [UInt8]) throws(MetadataError) {
    var index = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    var position = Position(offset: 0, line: 1, column: 1)
    while index < bytes.count {
      let byte = bytes[index]
      if byte.isControl {
        switch byte {
        case UInt8(ascii: "\n"): position = Position(offset: 0, line: position.line + 1, column: 0)
        case UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
        default: throw position.error(.controlCharacter(Unicode.Scalar(byte)))
        }
      } else if byte >= 0xC2, index + 1 < bytes.count {
        let next = bytes[index + 1]
        if byte == 0xC2, next < 0xA0, next != 0x85 {
          throw position.error(.controlCharacter(Unicode.Scalar(next)))
        }
        if byte == 0xEF, index + 2 < bytes.count, next == 0xBB, bytes[index + 2] == 0xBF {
          throw position.error(.byteOrderMark)
        }
        if byte == 0xEF, index + 2 < bytes.count, next == 0xBF, bytes[index + 2] >= 0xBE {
          throw position.error(.noCharacter)
        }
      }
      if byte & 0xC0 != 0x80 { position.column += 1 }
      index += 1
    }
  }

  private static func checkDirectives(_ bytes: [UInt8]) throws(MetadataError) {
    var index = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    var line = 1
    var mayHoldDirectives = true
    var ended = false
    while index < bytes.count {
      let start = index
      while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
      // Most lines are behind the first of content and before the end, and only the end is of interest there.
      if mayHoldDirectives || ended || bytes[start] == UInt8(ascii: ".") {
        switch kind(of: bytes[start..<index]) {
        case .trivia: break
        case .end: ended = true
        case .content where ended, .directive where ended, .yamlDirective where ended:
          throw MetadataError(.behindTheEnd, line: line)
        case .directive where mayHoldDirectives:
          throw MetadataError(.directive, line: line)
        case .yamlDirective where mayHoldDirectives: break
        case .content, .directive, .yamlDirective: mayHoldDirectives = false
        }
      }
      index += 1
      line += 1
    }
  }

  private enum LineKind { case trivia, content, end, directive, yamlDirective }

  private static func kind(of line: ArraySlice<UInt8>) -> LineKind {
    var index = line.startIndex
    while index < line.endIndex, [0x20, 0x09, 0x0D].contains(line[index]) { index += 1 }
    guard index < line.endIndex, line[index] != UInt8(ascii: "#") else { return .trivia }
    guard index == line.startIndex else { return .content }
    switch line[index] {
    case UInt8(ascii: "."): return line.starts(with: "...".utf8) ? .end : .content
    case UInt8(ascii: "%"): return line.starts(with: "%YAML ".utf8) ? .yamlDirective : .directive
    default: return .content
    }
  }
}
