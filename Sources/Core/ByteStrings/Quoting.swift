/// git's C-style quoting of unusual values (the form of `core.quotePath`, with UTF-8 left readable).
///
/// A value is quoted when it holds a control character, a double quote, a backslash, or a byte that is not part
/// of valid UTF-8. The escapes are git's own: `\a \b \t \n \v \f \r \" \\` and `\ooo` in octal.
public enum Quoting {
  /// The letter that stands behind a backslash for a byte; nil where none does.
  private static func letter(of byte: UInt8) -> UInt8? {
    switch byte {
    case 0x07: UInt8(ascii: "a")
    case 0x08: UInt8(ascii: "b")
    case 0x09: UInt8(ascii: "t")
    case 0x0A: UInt8(ascii: "n")
    case 0x0B: UInt8(ascii: "v")
    case 0x0C: UInt8(ascii: "f")
    case 0x0D: UInt8(ascii: "r")
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
    default: nil
    }
  }

  /// The inverse of ``letter(of:)``.
  private static func byte(of letter: UInt8) -> UInt8? {
    letter == UInt8(ascii: "\"") || letter == UInt8(ascii: "\\")
      ? letter : (0x07...0x0D).first { self.letter(of: $0) == letter }
  }

  /// `bytes` as one record's field: unchanged when it is plain, else in double quotes with escapes.
  public static func quote(_ bytes: [UInt8]) -> [UInt8] {
    if isPlain(bytes) { return bytes }
    var out: [UInt8] = [UInt8(ascii: "\"")]
    appendEscaped(bytes, to: &out)
    out.append(UInt8(ascii: "\""))
    return out
  }

  /// ``quote(_:)`` for text; raw bytes carried by ``ByteText`` come out as octal escapes.
  public static func quote(_ text: String) -> String {
    if text.utf8.allSatisfy(isPlainASCII) { return text }
    return String(decoding: quote(ByteText.bytes(of: text)), as: UTF8.self)
  }

  /// Appends what ``quote(_:)`` makes of a text.
  public static func append(_ text: String, to out: inout [UInt8]) {
    var text = text
    let isPlain = text.withUTF8 { bytes in
      guard bytes.allSatisfy(isPlainASCII) else { return false }
      out.append(contentsOf: bytes)
      return true
    }
    if !isPlain { out += quote(ByteText.bytes(of: text)) }
  }

  /// `text` as a value in a message: what ``TerminalText`` escapes, newlines and tabs too, and no quotes around it.
  public static func visible(_ text: String) -> String { TerminalText.safe(text, .value) }

  /// Whether the byte is ASCII and stands for itself in every form.
  @inlinable
  public static func isPlainASCII(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private static func isPlain(_ bytes: [UInt8]) -> Bool {
    var ascii = true
    for byte in bytes where !isPlainASCII(byte) {
      if byte < 0x80 { return false }
      ascii = false
    }
    if ascii { return true }
    guard let text = ByteText.utf8(bytes) else { return false }
    // C1 controls steer terminals just as the others do.
    return !text.unicodeScalars.contains { (0x80...0x9F).contains($0.value) || isFormatting($0) }
  }

  /// Scalars that reorder or hide what stands around them on a terminal.
  private static func isFormatting(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: return true
    default: return false
    }
  }

  private static func appendEscaped(_ bytes: [UInt8], to out: inout [UInt8]) {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if isPlainASCII(byte) {
        out.append(byte)
        index += 1
      } else if let letter = letter(of: byte) {
        out += [UInt8(ascii: "\\"), letter]
        index += 1
      } else if byte >= 0x20, byte != 0x7F, let (scalar, length) = ByteText.validScalar(in: bytes, at: index),
        !(0x80...0x9F).contains(scalar.value), !isFormatting(scalar)
      {
        out += bytes[index..<(index + length)]
        index += length
      } else {
        out.append(UInt8(ascii: "\\"))
        for shift in [6, 3, 0] as [UInt8] { out.append(UInt8(ascii: "0") + (byte >> shift) & 7) }
        index += 1
      }
    }
  }

  /// The bytes that one line of input stands for: itself, or unquoted when it begins with a double quote.
  ///
  /// - Returns: nil when the quoting is broken (no closing quote, an unknown escape, text behind the end).
  public static func unquote(_ line: some Collection<UInt8>) -> [UInt8]? {
    let bytes = Array(line)
    guard bytes.first == UInt8(ascii: "\"") else { return bytes }
    var out: [UInt8] = []
    var index = 1
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return index == bytes.count ? out : nil
      case UInt8(ascii: "\\"):
        guard index < bytes.count else { return nil }
        if let plain = self.byte(of: bytes[index]) {
          out.append(plain)
          index += 1
        } else {
          guard index + 3 <= bytes.count else { return nil }
          var value = 0
          for digit in bytes[index..<(index + 3)] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
            value = value * 8 + Int(digit - UInt8(ascii: "0"))
          }
          guard value <= 0xFF else { return nil }
          out.append(UInt8(value))
          index += 3
        }
      default: out.append(byte)
      }
    }
    return nil
  }
}
