/// Text as a terminal may show it: what would steer the terminal, or deceive who reads it, comes out as an escape.
///
/// Escaped are
/// - control characters (Unicode's Cc: C0, DEL and C1), which move the cursor, change colours and settings, and may make a
///   terminal type;
/// - what reorders the text around it: the marks, embeddings, overrides and isolates of the bidirectional algorithm;
/// - what takes no room and has no shape of its own (the other format characters and all that Unicode calls default
///   ignorable: zero-width spaces, word joiners, soft hyphens, fillers, tags, most variation selectors): two names that differ
///   only in these look the same, and text can be hidden in them;
/// - what has room and is blank without being a space: the empty pattern of Braille and others' empty signs;
/// - line and paragraph separators, and noncharacters;
/// - bytes that are not UTF-8, among them lone surrogates.
///
/// Where such a character belongs to how a word is written it stays: the joiners between letters of scripts whose letters
/// join (Persian, the scripts of India), where they change what is seen, and between emoji; a presentation selector behind an
/// emoji; the empty pattern beside other Braille. So do signs that Unicode counts as format characters although they are visible, such as the Arabic number sign.
///
/// Escapes are C's letters and octal digits for bytes, like git's, and `\uXXXX` for other characters, above U+FFFF as a
/// surrogate pair. That is JSON's form, so JSON stays what it is: in it control characters below U+0080 are escaped already.
public enum TerminalText {
  /// What may stay beside text that is safe anyway.
  public struct Layout: Sendable {
    let keptControls: [UInt8]
    let doublesBackslashes: Bool

    /// One value within a line: no control character stays, and a backslash is doubled, so that it is not taken for an escape.
    static let value = Layout(keptControls: [], doublesBackslashes: true)
    /// One line.
    public static let line = Layout(keptControls: [], doublesBackslashes: false)
    /// Lines and tables: newlines and tabs stay.
    public static let lines = Layout(keptControls: [0x09, 0x0A], doublesBackslashes: false)
  }

  /// `bytes`, safe for a terminal.
  ///
  /// Doing it twice changes nothing more, but for a value's backslashes.
  public static func safe(_ bytes: [UInt8], _ layout: Layout = .lines) -> [UInt8] {
    if isPlain(bytes, layout) { return bytes }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count + 16)
    walk(bytes) { character in
      switch character {
      case .byte(let byte): appendOctal(byte, to: &out)
      case .scalar(let scalar, let isDeceptive, let range):
        switch UInt8(exactly: scalar.value) {
        case let byte? where layout.keptControls.contains(byte): out.append(byte)
        case UInt8(ascii: "\\")? where layout.doublesBackslashes: out += "\\\\".utf8
        case let byte? where byte.isControl: appendControl(byte, to: &out)
        default:
          if isDeceptive { appendUnicodeEscape(scalar, to: &out) } else { out += bytes[range] }
        }
      }
    }
    return out
  }

  /// ``safe(_:_:)`` for text; bytes that are not UTF-8, as ``ByteText`` carries them, come out as octal escapes.
  public static func safe(_ text: String, _ layout: Layout = .lines) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) { return text }
    return String(decoding: safe(ByteText.bytes(of: text), layout), as: UTF8.self)
  }

  /// JSON's text, safe for a terminal and still JSON: bytes that are not UTF-8 are replacement characters.
  public static func safeJSON(_ bytes: [UInt8]) -> [UInt8] {
    if isPlain(bytes, .lines) { return bytes }
    var out: [UInt8] = []
    walk(bytes) { character in
      switch character {
      case .byte: out += "\\ufffd".utf8
      case .scalar(let scalar, let isDeceptive, let range):
        if isDeceptive, scalar != "\n" { appendUnicodeEscape(scalar, to: &out) } else { out += bytes[range] }
      }
    }
    return out
  }

  private static func isPlain(_ bytes: [UInt8], _ layout: Layout) -> Bool {
    bytes.allSatisfy {
      $0 >= 0x20 && $0 < 0x7F
        ? $0 != UInt8(ascii: "\\") || !layout.doublesBackslashes : layout.keptControls.contains($0)
    }
  }

  // MARK: What is to be escaped

  private enum Character {
    case byte(UInt8)
    case scalar(Unicode.Scalar, isDeceptive: Bool, Range<Int>)
  }

  /// Hands on one character after the other, each with whether it is deceptive where it stands.
  private static func walk(_ bytes: [UInt8], _ body: (Character) -> Void) {
    var previous: Unicode.Scalar?
    var index = 0
    while index < bytes.count {
      guard let (scalar, length) = ByteText.validScalar(in: bytes, at: index) else {
        body(.byte(bytes[index]))
        previous = nil
        index += 1
        continue
      }
      let end = index + length
      var isDeceptive = false
      if scalar.value < 0xA0 {
        isDeceptive = scalar.value < 0x20 || scalar.value >= 0x7F
      } else {
        let next = end < bytes.count ? ByteText.validScalar(in: bytes, at: end)?.0 : nil
        isDeceptive = Self.isDeceptive(scalar, after: previous, before: next)
      }
      body(.scalar(scalar, isDeceptive: isDeceptive, index..<end))
      previous = scalar
      index = end
    }
  }

  private static func isDeceptive(
    _ scalar: Unicode.Scalar, after previous: Unicode.Scalar?, before next: Unicode.Scalar?
  ) -> Bool {
    switch scalar.value {
    case 0x200C, 0x200D: return !joins(scalar, previous, next)
    case 0xFE0E, 0xFE0F:
      // Behind a digit only as part of a key's picture.
      guard let previous, previous.properties.isEmoji else { return true }
      return previous.isASCII && next?.value != 0x20E3
    case 0x2800: return !isBraille(previous) && !isBraille(next)
    // Null notehead, full and half blank of hieroglyphs, filler of Khitan.
    case 0x1D159, 0x13441, 0x13442, 0x16FE4: return true
    case 0xFDD0...0xFDEF: return true
    case let value where value & 0xFFFE == 0xFFFE: return true
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate: return true
    case .format: return !isVisibleSign(scalar)
    default: return scalar.properties.isDefaultIgnorableCodePoint
    }
  }

  /// Unicode's Prepended_Concatenation_Mark, and the Syriac abbreviation mark.
  private static func isVisibleSign(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0600...0x0605, 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD: true
    default: false
    }
  }

  private static func joins(
    _ joiner: Unicode.Scalar, _ previous: Unicode.Scalar?, _ next: Unicode.Scalar?
  ) -> Bool {
    guard let previous, let next else { return false }
    if isLetterThatJoins(previous), isLetterThatJoins(next) { return true }
    // A family is several emoji, each of which may end in a presentation selector or a colour of skin.
    return joiner.value == 0x200D && (isEmoji(previous) || previous.value == 0xFE0F) && isEmoji(next)
  }

  /// A pattern of Braille that has dots.
  private static func isBraille(_ scalar: Unicode.Scalar?) -> Bool {
    scalar.map { (0x2801...0x28FF).contains($0.value) } ?? false
  }

  private static func isEmoji(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x2190 && scalar.properties.isEmoji
  }

  /// A letter, or a mark on one, of a script in which a joiner beside it changes what is seen: Arabic, Syriac, N'Ko and their
  /// kin, the scripts of India, Myanmar, Khmer and Mongolian.
  private static func isLetterThatJoins(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0620...0x0DFF, 0x1000...0x109F, 0x1780...0x18AF, 0xFB50...0xFDCF, 0xFE70...0xFEFC: break
    default: return false
    }
    switch scalar.properties.generalCategory {
    case .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark:
      return !scalar.properties.isDefaultIgnorableCodePoint
    default: return false
    }
  }

  // MARK: Escapes

  /// The letter that follows the backslash for a control character, in C.
  private static let letters: [UInt8: UInt8] = [
    0x07: UInt8(ascii: "a"), 0x08: UInt8(ascii: "b"), 0x09: UInt8(ascii: "t"), 0x0A: UInt8(ascii: "n"),
    0x0B: UInt8(ascii: "v"), 0x0C: UInt8(ascii: "f"), 0x0D: UInt8(ascii: "r"),
  ]

  private static func appendControl(_ byte: UInt8, to out: inout [UInt8]) {
    if let letter = letters[byte] {
      out += [UInt8(ascii: "\\"), letter]
    } else {
      appendOctal(byte, to: &out)
    }
  }

  private static func appendOctal(_ byte: UInt8, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\\"))
    for shift in [6, 3, 0] as [UInt8] { out.append(UInt8(ascii: "0") + (byte >> shift) & 7) }
  }

  private static func appendUnicodeEscape(_ scalar: Unicode.Scalar, to out: inout [UInt8]) {
    for unit in UTF16.encode(scalar) ?? .init() {
      let digits = String(unit, radix: 16)
      out += "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8
    }
  }
}
