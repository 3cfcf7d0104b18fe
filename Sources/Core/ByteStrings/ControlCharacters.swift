extension Unicode.Scalar {
  /// C0 controls, DEL and C1 controls.
  @inlinable
  public var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}

extension UInt8 {
  /// C0 controls and DEL. A C1 control is two bytes of UTF-8, and none of them is one.
  @inlinable
  public var isControl: Bool { self < 0x20 || self == 0x7F }
}

extension StringProtocol {
  /// Whether a control character is in it.
  @inlinable
  public var holdsControl: Bool {
    // Nearly every text is ASCII, and its bytes tell.
    let isPlain = utf8.withContiguousStorageIfAvailable { $0.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }
    if isPlain == true { return false }
    for byte in utf8 where byte < 0x20 || byte >= 0x7F {
      if byte < 0x80 { return true }
      return unicodeScalars.contains { $0.isControl }
    }
    return false
  }
}
