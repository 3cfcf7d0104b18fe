/// A project's name in the registry: 40 lower-case hexadecimal digits, the git blob hash of its identity record.
///
/// Kept as numbers: a registry may hold 100,000 of them.
public struct ProjectID: Hashable, Comparable, Sendable, CustomStringConvertible {
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  /// The id that `hex` spells; nil unless it is exactly 40 lower-case hexadecimal digits.
  public init?(_ hex: some StringProtocol) { self.init(hexBytes: hex.utf8) }

  /// The id that these ASCII digits spell; nil unless they are exactly 40 lower-case hexadecimal ones.
  public init?(hexBytes digits: some Collection<UInt8>) {
    guard digits.count == 40, let high = Hexadecimal.number(digits.prefix(16)),
      let middle = Hexadecimal.number(digits.dropFirst(16).prefix(16)),
      let low = Hexadecimal.number(digits.dropFirst(32))
    else { return nil }
    self.high = high
    self.middle = middle
    self.low = UInt32(truncatingIfNeeded: low)
  }

  /// The 40 digits.
  public var hex: String {
    String(unsafeUninitializedCapacity: 40) { buffer in
      Hexadecimal.write(high, digits: 16, to: buffer, at: 0)
      Hexadecimal.write(middle, digits: 16, to: buffer, at: 16)
      Hexadecimal.write(UInt64(low), digits: 8, to: buffer, at: 32)
      return 40
    }
  }

  /// The 40 digits.
  public var description: String { hex }

  /// The order of the digits.
  public static func < (left: ProjectID, right: ProjectID) -> Bool {
    (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
  }
}
