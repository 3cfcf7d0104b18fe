/// Lower-case hexadecimal digits, as git writes object names.
enum Hexadecimal {
  /// The value of one digit; upper case is not taken.
  @inline(__always)
  static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x61...0x66: digit - 0x57
    default: nil
    }
  }

  /// The value of one digit of percent-encoding or of a JSON escape, in either case.
  @inline(__always)
  static func lenientValue(of digit: UInt8) -> UInt8? {
    (0x41...0x46).contains(digit) ? digit - 0x37 : value(of: digit)
  }

  /// The digit of the lower four bits.
  @inline(__always)
  static func digit(_ value: UInt8) -> UInt8 { value & 15 < 10 ? 0x30 + value & 15 : 0x57 + value & 15 }

  /// The number that all of `digits` stand for; nil for any other character, or over 16 digits.
  @inline(__always)
  static func number(_ digits: some Sequence<UInt8>) -> UInt64? {
    var number: UInt64 = 0
    var count = 0
    for digit in digits {
      guard let value = value(of: digit), count < 16 else { return nil }
      number = number << 4 | UInt64(value)
      count += 1
    }
    return count > 0 ? number : nil
  }

  /// As ``number(_:)``, of digits that stand side by side: a sequence is asked for each of them, which takes four times as long.
  @inline(__always)
  static func number(of digits: UnsafeBufferPointer<UInt8>) -> UInt64? {
    var number: UInt64 = 0
    var others: UInt8 = 0
    for index in 0..<digits.count {
      let byte = digits[index]
      let (decimal, letter) = (byte &- 0x30, byte &- 0x61)
      let value = decimal < 10 ? decimal : letter < 6 ? letter &+ 10 : 0xFF
      others |= value
      number = number << 4 | UInt64(value & 15)
    }
    return others < 16 && 1...16 ~= digits.count ? number : nil
  }

  /// Writes the lowest `count` digits of `number` to the front of `buffer`.
  @inline(__always)
  static func write(
    _ number: UInt64, digits count: Int, to buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int
  ) {
    for index in 0..<count {
      buffer[start + index] = digit(UInt8(truncatingIfNeeded: number >> UInt64(4 * (count - 1 - index))))
    }
  }
}
