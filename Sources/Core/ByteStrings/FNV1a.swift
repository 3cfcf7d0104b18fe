/// The hash FNV-1a of 64 bits: it tells changes and spreads names, and malice it does not stop.
public enum FNV1a {
  /// What the hash of nothing is, and every other begins with.
  public static let basis: UInt64 = 0xcbf2_9ce4_8422_2325
  /// What is multiplied by for each byte.
  public static let prime: UInt64 = 0x100_0000_01b3

  /// The hash of these bytes.
  @inlinable
  public static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var hash = basis
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* prime }
    return hash
  }

  /// The hash of these bytes in hexadecimal digits, without zeros before them.
  @inlinable
  public static func text(_ bytes: some Sequence<UInt8>) -> String { String(hash(bytes), radix: 16) }
}
