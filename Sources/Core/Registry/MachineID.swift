/// A machine's name in the registry: 16 lower-case hexadecimal digits, chosen at random.
public struct MachineID: Hashable, Comparable, Sendable, CustomStringConvertible {
  private let number: UInt64

  /// The id of a random number.
  public init(_ number: UInt64) { self.number = number }

  /// The id that `hex` spells; nil unless it is exactly 16 lower-case hexadecimal digits.
  public init?(_ hex: some StringProtocol) { self.init(hexBytes: hex.utf8) }

  /// The id that these ASCII digits spell; nil unless they are exactly 16 lower-case hexadecimal ones.
  public init?(hexBytes digits: some Collection<UInt8>) {
    guard digits.count == 16, let number = Hexadecimal.number(digits) else { return nil }
    self.number = number
  }

  /// Whether a byte is a digit of such a name.
  public static func isDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
  }

  /// The 16 digits.
  public var hex: String {
    String(unsafeUninitializedCapacity: 16) { buffer in
      Hexadecimal.write(number, digits: 16, to: buffer, at: 0)
      return 16
    }
  }

  /// The 16 digits.
  public var description: String { hex }

  /// The order of the digits.
  public static func < (left: MachineID, right: MachineID) -> Bool { left.number < right.number }
}
