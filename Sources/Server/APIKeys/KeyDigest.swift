import CCrypto

/// The SHA-256 of a key, which is all that is kept of it.
///
/// Keys are 256 random bits, so nobody finds one by trying, and a slow hash as for passwords would gain nothing.
public struct KeyDigest: Sendable {
  /// Its 32 bytes.
  let bytes: [UInt8]

  /// The digest of what a client presents.
  public init(of key: some Sequence<UInt8>) {
    let key = Array(key)
    var digest = [UInt8](repeating: 0, count: Self.size)
    var written: UInt32 = 0
    let done = EVP_Digest(key, key.count, &digest, &written, EVP_sha256(), nil)
    // It fails only where the library has no SHA-256 at all; then no key may be taken for any other.
    precondition(done == 1 && Int(written) == Self.size, "libcrypto has no SHA-256")
    bytes = digest
  }

  /// The digest that ``hex`` wrote; nil for anything else.
  package init?(hex: some StringProtocol) {
    guard hex.utf8.count == 2 * Self.size else { return nil }
    var bytes: [UInt8] = []
    var rest = hex.utf8[...]
    while let high = rest.popFirst(), let low = rest.popFirst() {
      guard let high = Self.value(of: high), let low = Self.value(of: low) else { return nil }
      bytes.append(high << 4 | low)
    }
    self.bytes = bytes
  }

  /// As lower-case hexadecimal digits.
  package var hex: String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  /// Whether they are the same, in a time that does not tell how much of them is.
  package func matches(_ other: KeyDigest) -> Bool { CRYPTO_memcmp(bytes, other.bytes, Self.size) == 0 }

  private static let size = 32

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
