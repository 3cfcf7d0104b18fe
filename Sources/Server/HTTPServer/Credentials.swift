import ByteStrings
import CCrypto
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
    let parts = value.split(at: " ", maxSplits: 1)
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

/// The base64 of RFC 4648, with its padding, decoded by libcrypto.
enum Base64 {
  /// The bytes; nil for what is not base64.
  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0, text.count <= 4096 else { return nil }
    let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
    // libcrypto takes white space around it and `=` anywhere.
    guard text.dropLast(padding).allSatisfy(isDigit) else { return nil }
    let text = Array(text)
    var bytes = [UInt8](repeating: 0, count: text.count / 4 * 3)
    let count = EVP_DecodeBlock(&bytes, text, Int32(text.count))
    // What the padding stands for is counted as zeros.
    return count < 0 ? nil : Array(bytes.prefix(Int(count) - padding))
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
      true
    default: false
    }
  }
}
