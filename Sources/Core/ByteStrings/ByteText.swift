/// A one-to-one mapping between byte strings and Swift strings.
///
/// Paths, arguments and environment values are bytes; Swift's `String` is Unicode and silently repairs what is
/// not. Here every byte that is not part of valid UTF-8 becomes the scalar U+10FF00 + byte, and the bytes of a
/// scalar that falls in that range by itself are mapped one by one, so that nothing is ever lost or made equal.
public enum ByteText {
  /// The first scalar of the range that stands for raw bytes: U+10FF80 is byte 0x80, U+10FFFF byte 0xFF.
  private static let base: UInt32 = 0x10FF00

  /// The string that stands for `bytes`.
  @inlinable
  public static func string(from bytes: some Collection<UInt8>) -> String {
    let plain = bytes.withContiguousStorageIfAvailable { utf8($0) } ?? nil
    if let plain, !holdsRawBytes(plain) { return plain }
    return escaped(Array(bytes))
  }

  /// The text whose UTF-8 these bytes are; nil where they are not UTF-8.
  ///
  /// Nearly all text is ASCII, where making a string of bytes costs a small part of what `String(validating:as:)` takes.
  public static func utf8(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    var all: UInt8 = 0
    for byte in bytes { all |= byte }
    return all < 0x80 ? String(decoding: bytes, as: UTF8.self) : String(validating: bytes, as: UTF8.self)
  }

  /// As ``utf8(_:)-(UnsafeBufferPointer<UInt8>)``, of an array.
  public static func utf8(_ bytes: [UInt8]) -> String? { bytes.withUnsafeBufferPointer { utf8($0) } }

  @usableFromInline
  static func escaped(_ bytes: [UInt8]) -> String {
    var scalars = String.UnicodeScalarView()
    var index = 0
    while index < bytes.count {
      if let (scalar, length) = validScalar(in: bytes, at: index), scalar.value < base + 0x80 {
        scalars.append(scalar)
        index += length
      } else {
        // Only bytes from 0x80 up can be invalid, so this scalar always exists.
        if let raw = Unicode.Scalar(base + UInt32(bytes[index])) { scalars.append(raw) }
        index += 1
      }
    }
    return String(scalars)
  }

  /// The well-formed scalar that starts at `index`, and how many bytes it takes.
  static func validScalar(in bytes: [UInt8], at index: Int) -> (Unicode.Scalar, Int)? {
    let first = bytes[index]
    // The second byte's range excludes overlong forms, surrogates and what is beyond U+10FFFF (the Unicode Standard, table 3-7).
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0x00...0x7F: return (Unicode.Scalar(first), 1)
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    case 0xF1...0xF3: length = 4
    default: return nil
    }
    guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return nil }
    var value = UInt32(first) & (0x7F >> UInt32(length))
    for byte in bytes[(index + 1)..<(index + length)] {
      guard byte & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    return Unicode.Scalar(value).map { ($0, length) }
  }

  /// The bytes of a C string.
  @inlinable
  public static func bytes(fromC pointer: UnsafePointer<CChar>) -> [UInt8] {
    var count = 0
    while pointer[count] != 0 { count += 1 }
    return Array(UnsafeRawBufferPointer(start: pointer, count: count))
  }

  /// The bytes that `string` stands for; the inverse of ``string(from:)``.
  public static func bytes(of string: String) -> [UInt8] {
    guard holdsRawBytes(string) else {
      var string = string
      return string.withUTF8 { Array($0) }
    }
    var bytes: [UInt8] = []
    for scalar in string.unicodeScalars {
      if scalar.value >= base + 0x80 {
        bytes.append(UInt8(scalar.value - base))
      } else {
        bytes.append(contentsOf: Array(String(scalar).utf8))
      }
    }
    return bytes
  }

  /// Whether `string` stands for bytes that are not UTF-8.
  public static func holdsRawBytes(_ string: String) -> Bool {
    // Only scalars from U+100000 up begin with this byte, and hardly any text has one.
    let mayHold =
      string.utf8.withContiguousStorageIfAvailable { $0.contains(0xF4) } ?? string.utf8.contains(0xF4)
    return mayHold && string.unicodeScalars.contains { $0.value >= base + 0x80 }
  }
}
