import ByteStrings

/// Percent-encoding (RFC 3986, section 2.1), over bytes.
enum PercentEncoding {
  /// Every well-formed escape as its byte; anything else stays, as in git.
  static func decoded(_ bytes: some Collection<UInt8>) -> [UInt8] {
    let bytes = Array(bytes)
    guard bytes.contains(UInt8(ascii: "%")) else { return bytes }
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let high = Hexadecimal.lenientValue(of: bytes[index + 1]),
        let low = Hexadecimal.lenientValue(of: bytes[index + 2])
      {
        out.append(high << 4 | low)
        index += 3
      } else {
        out.append(bytes[index])
        index += 1
      }
    }
    return out
  }

  /// Text that names these bytes and no others: control characters, bytes that are not UTF-8 and the percent sign
  /// itself as `%XX` in upper case, all else as it is.
  static func readable(_ bytes: [UInt8]) -> String {
    // Nearly every path stands for itself.
    if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") }) {
      return String(decoding: bytes, as: UTF8.self)
    }
    var out = String.UnicodeScalarView()
    for scalar in ByteText.string(from: bytes).unicodeScalars {
      if scalar.isControl || scalar == "%" || scalar.value >= 0x10FF80 {
        for byte in ByteText.bytes(of: String(scalar)) {
          out.append("%")
          for digit in [byte >> 4, byte] {
            let lower = Hexadecimal.digit(digit)
            out.append(Unicode.Scalar(lower >= 0x61 ? lower - 0x20 : lower))
          }
        }
      } else {
        out.append(scalar)
      }
    }
    return String(out)
  }
}
