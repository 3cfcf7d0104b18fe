/// Finds one byte string in another by Horspool's method, which skips most of what it passes.
struct ByteSearch {
  private let needle: [UInt8]
  private let skip: [Int]

  /// - Parameter needle: what to look for; not empty.
  init(_ needle: [UInt8]) {
    self.needle = needle
    var skip = Array(repeating: needle.count, count: 256)
    for (index, byte) in needle.dropLast().enumerated() { skip[Int(byte)] = needle.count - 1 - index }
    self.skip = skip
  }

  /// The first place at or behind `start` where it stands.
  func first(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    let length = needle.count
    guard length > 0 else { return nil }
    return needle.withUnsafeBufferPointer { needle in
      skip.withUnsafeBufferPointer { skip in
        var position = start
        while position + length <= bytes.count {
          let last = bytes[position + length - 1]
          if last == needle[length - 1] {
            var index = 0
            while index < length, bytes[position + index] == needle[index] { index += 1 }
            if index == length { return position }
          }
          position += skip[Int(last)]
        }
        return nil
      }
    }
  }
}
