/// A project's name in the registry: 40 lower-case hexadecimal digits, the git blob hash of its identity record.
///
/// Kept as numbers: a registry may hold 100,000 of them.
public struct ProjectID: Hashable, Comparable, Sendable, CustomStringConvertible {
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  /// The id that `hex` spells; nil unless it is exactly 40 lower-case hexadecimal digits.
  public init?(_ hex: some StringProtocol) { self.init(hexBytes: hex.utf8) }

  /// As ``init(_:)``, of what most callers have: of the other form each digit is asked for through a witness.
  public init?(_ hex: String) { self.init(hexBytes: hex.utf8) }

  /// The id that these ASCII digits spell; nil unless they are exactly 40 lower-case hexadecimal ones.
  public init?(hexBytes digits: some Collection<UInt8>) {
    self.init(hexBytes: digits, EmptyCollection<UInt8>())
  }

  /// As ``init(hexBytes:)``, of digits that stand in two places: a tree's name has the first, and a file's in it the others.
  init?(hexBytes first: some Collection<UInt8>, _ second: some Collection<UInt8>) {
    guard first.count + second.count == 40 else { return nil }
    let numbers: (UInt64, UInt64, UInt64)? = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 40) {
      digits in
      _ = digits.initialize(fromContentsOf: first)
      _ = digits[first.count...].initialize(fromContentsOf: second)
      func number(_ range: Range<Int>) -> UInt64? {
        Hexadecimal.number(of: UnsafeBufferPointer(rebasing: digits[range]))
      }
      guard let high = number(0..<16), let middle = number(16..<32), let low = number(32..<40) else {
        return nil
      }
      return (high, middle, low)
    }
    guard let (high, middle, low) = numbers else { return nil }
    self.high = high
    self.middle = middle
    self.low = UInt32(truncatingIfNeeded: low)
  }

  /// The number of the first two digits, which are a directory's name.
  var firstByte: UInt8 { UInt8(truncatingIfNeeded: high >> 56) }

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
