/// Writes the fixed-width decimal numbers of dates and the marks between: the inverse of ``DigitReader``.
struct DigitWriter {
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private var position = 0

  private init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

  /// The text of so many bytes that `body` writes.
  static func text(length: Int, _ body: (inout DigitWriter) -> Void) -> String {
    String(unsafeUninitializedCapacity: length) { buffer in
      var writer = DigitWriter(buffer)
      body(&writer)
      return writer.position
    }
  }

  /// A number that is not negative and has no more digits, with zeros in front.
  mutating func write(_ number: Int, digits: Int) {
    var rest = number
    for place in (position..<(position + digits)).reversed() {
      buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
    position += digits
  }

  /// A character of ASCII.
  mutating func write(_ mark: Unicode.Scalar) {
    buffer[position] = UInt8(ascii: mark)
    position += 1
  }
}
