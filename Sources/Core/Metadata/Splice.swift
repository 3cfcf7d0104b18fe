/// One replacement of bytes by others.
struct Splice {
  var range: Range<Int>
  var bytes: [UInt8]

  /// Replaces `range` by `text`.
  init(_ range: Range<Int>, _ text: String = "") { self.init(range, Array(text.utf8)) }

  /// Replaces `range` by `bytes`.
  init(_ range: Range<Int>, _ bytes: [UInt8]) {
    self.range = range
    self.bytes = bytes
  }

  /// Puts `text` before the byte at `offset`.
  static func insert(_ text: String, at offset: Int) -> Splice { Splice(offset..<offset, text) }

  /// `source` with every splice made; those at one place in the order given.
  ///
  /// - Returns: nil where two of them overlap.
  static func apply(_ splices: [Splice], to source: [UInt8]) -> [UInt8]? {
    let ordered = splices.enumerated().sorted {
      ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
    }
    var out: [UInt8] = []
    var cursor = 0
    for (_, splice) in ordered {
      guard splice.range.lowerBound >= cursor, splice.range.upperBound <= source.count else { return nil }
      out += source[cursor..<splice.range.lowerBound]
      out += splice.bytes
      cursor = splice.range.upperBound
    }
    return out + source[cursor...]
  }
}
