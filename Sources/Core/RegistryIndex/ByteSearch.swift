import SystemSupport

/// Finds one byte string in others of its kind: the three bytes of it that are rarest there are looked for at 32 places at
/// a time, and only where all stand the rest is compared.
struct ByteSearch {
  private let needle: [UInt8]
  /// Where in the needle the three bytes stand; a place twice where it is shorter.
  private let probes: (Int, Int, Int)
  /// Whether capitals of ASCII count as small letters.
  private let foldsCase: Bool

  /// - Parameters:
  ///   - needle: what to look for; not empty.
  ///   - text: what it will be looked for in; its beginning tells which bytes are rare.
  ///   - foldsCase: whether capitals of ASCII are found as well, where the needle has small letters; it has no capitals then.
  init(_ needle: [UInt8], in text: UnsafeBufferPointer<UInt8>, foldsCase: Bool = false) {
    self.needle = needle
    self.foldsCase = foldsCase
    var counts = [Int](repeating: 0, count: 256)
    for byte in text.prefix(4096) { counts[Int(byte)] += 1 }
    let ranked = needle.indices.sorted { counts[Int(needle[$0])] < counts[Int(needle[$1])] }
    let first = ranked.first ?? 0
    let second = ranked.first { needle[$0] != needle[first] } ?? first
    probes = (first, second, ranked.first { $0 != first && $0 != second } ?? second)
  }

  /// The first place at or behind `start` where it stands.
  func first(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard let base = bytes.baseAddress, !needle.isEmpty else { return nil }
    let raw = UnsafeRawPointer(base)
    let last = bytes.count - needle.count
    var position = start
    while let all = nextMatches(in: raw, from: &position, last: last - 31) {
      for word in 0..<4 {
        var ones = UInt64(littleEndian: all[word])
        while ones != 0 {
          let byte = ones.trailingZeroBitCount / 8
          let place = position + 8 * word + byte
          if isThere(raw + place) { return place }
          ones &= ~(0xFF << (8 * UInt64(byte)))
        }
      }
      position += 32
    }
    while position <= last {
      if isThere(raw + position) { return position }
      position += 1
    }
    return nil
  }

  /// Goes on by 32 places at a time until at one of them all three bytes stand.
  ///
  /// A look-up goes through megabytes here, so there are two loops, with nothing in either that need not be. Of vectors of bytes only
  /// comparisons, and `&` and `|` of these, become instructions of the machine's; other operations are carried out byte by byte.
  ///
  /// - Parameters:
  ///   - position: the first place; on return the first of the 32, or behind `last`.
  ///   - last: the last place from which 32 may be looked at.
  /// - Returns: a byte of ones for each place where all stand; nil where there is none. Of two digits there is one at every eighth
  ///   step or so of sums in hexadecimal digits, of three at every hundredth.
  private func nextMatches(in text: UnsafeRawPointer, from position: inout Int, last: Int) -> SIMD4<UInt64>? {
    let (first, second, third) = (text + probes.0, text + probes.1, text + probes.2)
    let wanted = (needle[probes.0], needle[probes.1], needle[probes.2])
    let masks = (mask(wanted.0), mask(wanted.1), mask(wanted.2))
    let small = (
      SIMD32<UInt8>(repeating: wanted.0), SIMD32<UInt8>(repeating: wanted.1),
      SIMD32<UInt8>(repeating: wanted.2)
    )
    var place = position
    defer { position = place }
    if masks == (0, 0, 0) {
      while place <= last {
        let ones = first.loadUnaligned(fromByteOffset: place, as: SIMD32<UInt8>.self)
        let others = second.loadUnaligned(fromByteOffset: place, as: SIMD32<UInt8>.self)
        let thirds = third.loadUnaligned(fromByteOffset: place, as: SIMD32<UInt8>.self)
        let all = unsafeBitCast(
          (ones .== small.0) .& (others .== small.1) .& (thirds .== small.2), to: SIMD4<UInt64>.self)
        if all.x | all.y | all.z | all.w != 0 { return all }
        place &+= 32
      }
      return nil
    }
    // Each also as its capital, which is the same byte for what is not a letter.
    let large = (
      SIMD32<UInt8>(repeating: wanted.0 & ~masks.0), SIMD32<UInt8>(repeating: wanted.1 & ~masks.1),
      SIMD32<UInt8>(repeating: wanted.2 & ~masks.2)
    )
    while place <= last {
      let ones = first.loadUnaligned(fromByteOffset: place, as: SIMD32<UInt8>.self)
      let others = second.loadUnaligned(fromByteOffset: place, as: SIMD32<UInt8>.self)
      let thirds = third.loadUnaligned(fromByteOffset: place, as: SIMD32<UInt8>.self)
      let all = unsafeBitCast(
        ((ones .== small.0) .| (ones .== large.0)) .& ((others .== small.1) .| (others .== large.1))
          .& ((thirds .== small.2) .| (thirds .== large.2)),
        to: SIMD4<UInt64>.self)
      if all.x | all.y | all.z | all.w != 0 { return all }
      place &+= 32
    }
    return nil
  }

  /// The first line that holds it, without its end.
  ///
  /// - Parameter start: where a line begins or ends; what is before it is not looked at.
  func line(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Range<Int>? {
    let newline = UInt8(ascii: "\n")
    guard let place = first(in: bytes, from: start) else { return nil }
    let first = bytes[start..<place].lastIndex(of: newline).map { $0 + 1 } ?? start
    return first..<(Self.first(newline, in: bytes, from: place) ?? bytes.count)
  }

  /// What a letter's capital and itself are equal under; nothing where case counts.
  private func mask(_ byte: UInt8) -> UInt8 { foldsCase && byte &- 0x61 < 26 ? 0x20 : 0 }

  private func isThere(_ place: UnsafeRawPointer) -> Bool {
    guard foldsCase else { return Memory.areEqual(place, needle, count: needle.count) }
    let bytes = UnsafeRawBufferPointer(start: place, count: needle.count)
    return zip(bytes, needle).allSatisfy { $0 | mask($1) == $1 }
  }

  /// The first place at or behind `start` where a single byte stands.
  static func first(_ byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard start < bytes.count, let base = bytes.baseAddress,
      let found = Memory.first(byte, from: base + start, count: bytes.count - start)
    else { return nil }
    return found - UnsafeRawPointer(base)
  }
}
