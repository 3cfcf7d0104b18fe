/// The SHA-1 of bytes that come piece by piece (FIPS 180-4), for ``PackWriter``: libgit2 only hashes what has an object's header,
/// and libcrypto is loaded by the daemon alone.
struct SHA1 {
  private var state: (UInt32, UInt32, UInt32, UInt32, UInt32) = (
    0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0
  )
  private var rest: [UInt8] = []
  private var length = 0

  /// Takes the next bytes.
  mutating func update(_ bytes: [UInt8]) {
    length += bytes.count
    rest += bytes
    rest.withUnsafeBytes { buffer in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { words in
        for start in stride(from: 0, through: buffer.count - 64, by: 64) {
          Self.block(buffer, at: start, words, &state)
        }
      }
    }
    rest.removeFirst(rest.count / 64 * 64)
  }

  /// The twenty bytes of the sum.
  consuming func finish() -> [UInt8] {
    let bits = UInt64(length) * 8
    var padding: [UInt8] = [0x80]
    padding += [UInt8](repeating: 0, count: (119 - rest.count) % 64)
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      padding.append(UInt8(truncatingIfNeeded: bits >> shift))
    }
    update(padding)
    return [state.0, state.1, state.2, state.3, state.4].flatMap { BigEndian.bytes($0) }
  }

  private static func block(
    _ bytes: UnsafeRawBufferPointer, at start: Int, _ words: UnsafeMutableBufferPointer<UInt32>,
    _ state: inout (UInt32, UInt32, UInt32, UInt32, UInt32)
  ) {
    for index in 0..<16 {
      words[index] = UInt32(
        bigEndian: bytes.loadUnaligned(fromByteOffset: start + index * 4, as: UInt32.self))
    }
    for index in 16..<80 {
      words[index] = rotated(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1)
    }
    var (a, b, c, d, e) = state
    func round(_ mixed: UInt32, _ constant: UInt32, _ word: UInt32) {
      let next = rotated(a, 5) &+ mixed &+ e &+ constant &+ word
      (e, d, c, b, a) = (d, c, rotated(b, 30), a, next)
    }
    for index in 0..<20 { round((b & c) | (~b & d), 0x5a82_7999, words[index]) }
    for index in 20..<40 { round(b ^ c ^ d, 0x6ed9_eba1, words[index]) }
    for index in 40..<60 { round((b & c) | (b & d) | (c & d), 0x8f1b_bcdc, words[index]) }
    for index in 60..<80 { round(b ^ c ^ d, 0xca62_c1d6, words[index]) }
    state = (state.0 &+ a, state.1 &+ b, state.2 &+ c, state.3 &+ d, state.4 &+ e)
  }

  private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word << count | word >> (32 - count)
  }
}

/// The numbers of git's binary formats.
enum BigEndian {
  static func bytes(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
  }
}
