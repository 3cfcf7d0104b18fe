import HTTPTypes

/// The key that a request brings: as `Bearer` or `token`, as the password or the user name of `Basic`, or in a field of its
/// own. git sends the first or the second form, and other clients whichever they know.
enum Credentials {
  /// Nothing came.
  case none
  /// What may be the key, right or wrong; with `Basic` the password or the user name is.
  case keys([[UInt8]])
  /// Something that is not a way to send a key.
  case malformed

  init(_ request: HTTPRequest) {
    let given = Self.ownFields.flatMap { request.headerFields[values: $0] }
    let values = request.headerFields[values: .authorization]
    guard given.count + values.count <= 1 else {
      self = .malformed
      return
    }
    if let key = given.first {
      self = key.isEmpty ? .malformed : .keys([Array(key.utf8)])
      return
    }
    guard let value = values.first else {
      self = .none
      return
    }
    let parts = value.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else {
      self = .malformed
      return
    }
    let text = parts[1].utf8.drop { $0 == UInt8(ascii: " ") }
    switch parts[0].lowercased() {
    case "bearer", "token": self = .keys([Array(text)])
    case "basic":
      guard let pair = Base64.decode(text), let colon = pair.firstIndex(of: UInt8(ascii: ":")) else {
        self = .malformed
        return
      }
      self = .keys([Array(pair[(colon + 1)...]), Array(pair[..<colon])])
    default: self = .malformed
    }
  }

  /// Fields in which clients of other services send a token.
  static let ownFieldNames = ["X-API-Key", "X-Auth-Token", "Private-Token"]

  private static let ownFields = ownFieldNames.compactMap { HTTPField.Name($0) }
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
