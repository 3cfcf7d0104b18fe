import SystemSupport

/// The first line of the view's file, checked against what stands behind it.
package struct ViewHeader {
  /// The commit whose projects the file has.
  let commit: String
  /// The machine whose paths these are.
  let machine: String
  /// Where the line behind this one begins.
  let end: Int

  /// Reads it; nil when the file is not a view of this format, is cut short, or damaged.
  init?(_ file: UnsafeRawBufferPointer) {
    guard let base = file.baseAddress,
      let newline = Memory.first(UInt8(ascii: "\n"), from: base, count: file.count)
    else {
      return nil
    }
    end = newline - base + 1
    let words = file[..<(end - 1)].split(separator: UInt8(ascii: " ")).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard words.count == 5, words[0] == "dev-infra-view", words[1] == View.format,
      words[4] == Self.checksum(file, from: end)
    else { return nil }
    commit = words[2]
    machine = words[3]
  }

  /// FNV-1a over the 64-bit words of `buffer[from...]`, four at a time so that none waits for the one before it, and then
  /// its last bytes: it finds damage, not malice.
  package static func checksum(_ buffer: UnsafeRawBufferPointer, from: Int) -> String {
    let prime: UInt64 = 0x100_0000_01b3
    var (one, two, three, four): (UInt64, UInt64, UInt64, UInt64) = (0xcbf2_9ce4_8422_2325, 1, 2, 3)
    var hash: UInt64 = 0
    var index = from
    if let base = buffer.baseAddress {
      let last = buffer.count - 32
      while index <= last {
        let words = base.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
        one = (one ^ UInt64(littleEndian: words.x)) &* prime
        two = (two ^ UInt64(littleEndian: words.y)) &* prime
        three = (three ^ UInt64(littleEndian: words.z)) &* prime
        four = (four ^ UInt64(littleEndian: words.w)) &* prime
        // The upper bits are brought down, for multiplying only carries upwards.
        one ^= one >> 29
        two ^= two >> 29
        three ^= three >> 29
        four ^= four >> 29
        index &+= 32
      }
    }
    for lane in [one, two, three, four] {
      hash = (hash ^ lane) &* prime
      hash ^= hash >> 29
    }
    while index < buffer.count {
      hash = (hash ^ UInt64(buffer[index])) &* prime
      index += 1
    }
    return String(hash, radix: 16)
  }
}
