/// Reads the fixed-width decimal numbers of dates and the marks between.
struct DigitReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: some Collection<UInt8>) { self.bytes = Array(bytes.prefix(80)) }

  var isAtEnd: Bool { position == bytes.count }

  /// The next `width` digits as a number; nil where there are not so many.
  mutating func number(_ width: Int) -> Int? {
    guard position + width <= bytes.count else { return nil }
    var number = 0
    for byte in bytes[position..<(position + width)] {
      guard (0x30...0x39).contains(byte) else { return nil }
      number = number * 10 + Int(byte - 0x30)
    }
    position += width
    return number
  }

  /// Steps over the next character where it is one of `marks`.
  mutating func skip(_ marks: StaticString) -> Bool { next(of: marks) != nil }

  /// The next character where it is one of `marks`.
  mutating func next(of marks: StaticString) -> UInt8? {
    guard position < bytes.count else { return nil }
    for index in 0..<marks.utf8CodeUnitCount where marks.utf8Start[index] == bytes[position] {
      position += 1
      return bytes[position - 1]
    }
    return nil
  }

  /// All digits that come next, cut to three and filled up to three: a fraction of a second in milliseconds.
  mutating func milliseconds() -> Int? {
    var number = 0
    var count = 0
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      if count < 3 { number = number * 10 + Int(bytes[position] - 0x30) }
      count += 1
      position += 1
    }
    guard count > 0 else { return nil }
    for _ in count..<max(count, 3) { number *= 10 }
    return number
  }
}
