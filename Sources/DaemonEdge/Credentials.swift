import HTTPTypes

/// The key that a request brings: as `Bearer`, or as the password of `Basic`, which is what git sends.
enum Credentials {
  /// Nothing came.
  case none
  /// A key, right or wrong.
  case key([UInt8])
  /// Something that is no way to send a key.
  case malformed

  init(_ request: HTTPRequest) {
    let values = request.headerFields[values: .authorization]
    guard let value = values.first else {
      self = .none
      return
    }
    let parts = value.split(separator: " ", maxSplits: 1)
    guard values.count == 1, parts.count == 2 else {
      self = .malformed
      return
    }
    let text = parts[1].utf8.drop { $0 == UInt8(ascii: " ") }
    switch parts[0].lowercased() {
    case "bearer": self = .key(Array(text))
    case "basic":
      guard let pair = Base64.decode(text), let colon = pair.firstIndex(of: UInt8(ascii: ":")) else {
        self = .malformed
        return
      }
      self = .key(Array(pair[(colon + 1)...]))
    default: self = .malformed
    }
  }
}

/// Base64 as RFC 4648 has it, with its padding.
enum Base64 {
  /// The bytes; nil for what is not base64.
  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0, text.count <= 4096 else { return nil }
    let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    for (index, digit) in text.dropLast(padding).enumerated() {
      guard let value = value(of: digit) else { return nil }
      bits = bits << 6 | UInt32(value)
      switch index % 4 {
      case 1: bytes.append(UInt8(truncatingIfNeeded: bits >> 4))
      case 2: bytes.append(UInt8(truncatingIfNeeded: bits >> 2))
      case 3: bytes.append(UInt8(truncatingIfNeeded: bits))
      default: break
      }
    }
    return bytes
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
