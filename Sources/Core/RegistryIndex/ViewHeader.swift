import SystemSupport
import ByteStrings

/// The first line of the view's file.
struct ViewHeader {
  /// The commit whose projects the file has.
  let commit: String
  /// The machine whose paths these are.
  let machine: String
  /// Where the line behind this one begins.
  let end: Int

  /// The checksum of what stands behind it, 16 hexadecimal digits.
  let checksum: String

  /// Whether the file that it stands in is neither cut short nor damaged.
  func isWhole(_ file: FileBytes) -> Bool { checksum == ViewChecksum.text(of: file, from: end) }

  /// Reads it, and does not look at what stands behind it; nil when the file is not a view of this format.
  init?(unchecked file: FileBytes) {
    // Where it ends is counted in the file's bytes: text that is made of damaged ones may be longer.
    let line = file.withUnsafeBytes { bytes -> (words: [String], end: Int)? in
      guard let base = bytes.baseAddress,
        let newline = Memory.first(UInt8(ascii: "\n"), from: base, count: min(bytes.count, Self.longest))
      else { return nil }
      // By hand, since `split` has types to make at its first call, and this is in the start of each command.
      var (words, rest) = ([String](), base)
      while rest < newline {
        let end = Memory.first(UInt8(ascii: " "), from: rest, count: newline - rest) ?? newline
        words.append(String(decoding: UnsafeRawBufferPointer(start: rest, count: end - rest), as: UTF8.self))
        rest = end + 1
      }
      return (words, newline - base + 1)
    }
    guard let (words, end) = line, words.count == 5, words[0] == "dev-infra-view", words[1] == View.format
    else { return nil }
    commit = words[2]
    machine = words[3]
    checksum = words[4]
    self.end = end
  }

  /// More bytes than any of this format has.
  private static let longest = 256

  /// The line for a file whose rest has this checksum; the checksum does not change its length.
  static func line(commit: String, machine: String, checksum: String) -> [UInt8] {
    Array("dev-infra-view \(View.format) \(commit) \(machine) \(checksum)\n".utf8)
  }
}

/// ``FNV1a`` over the 64-bit words of many bytes, eight at a time so that none waits for the one before it, and then the last bytes: it
/// finds damage, not malice.
package struct ViewChecksum {
  /// The bytes that are taken at a time.
  package static let step = 64

  private static let prime = FNV1a.prime
  private var lanes = SIMD8<UInt64>(FNV1a.basis, 1, 2, 3, 4, 5, 6, 7)

  /// Of nothing.
  package init() {}

  /// Takes bytes, a multiple of ``step``; what is over comes with the last ones.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    // No vectors: the machine multiplies these words one by one, which it does in one step each where they are in registers of their own.
    var (one, two, three, four) = (lanes[0], lanes[1], lanes[2], lanes[3])
    var (five, six, seven, eight) = (lanes[4], lanes[5], lanes[6], lanes[7])
    var index = 0
    while index <= bytes.count - Self.step {
      one = Self.next(one, base, index)
      two = Self.next(two, base, index &+ 8)
      three = Self.next(three, base, index &+ 16)
      four = Self.next(four, base, index &+ 24)
      five = Self.next(five, base, index &+ 32)
      six = Self.next(six, base, index &+ 40)
      seven = Self.next(seven, base, index &+ 48)
      eight = Self.next(eight, base, index &+ 56)
      index &+= Self.step
    }
    lanes = SIMD8(one, two, three, four, five, six, seven, eight)
  }

  /// The upper bits are brought down, for multiplying only carries upwards.
  @inline(__always)
  private static func next(_ lane: UInt64, _ base: UnsafeRawPointer, _ index: Int) -> UInt64 {
    let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
    let product = (lane ^ word) &* prime
    return product ^ product >> 29
  }

  /// The checksum, with the last bytes.
  package consuming func text(endingWith last: UnsafeRawBufferPointer) -> String {
    add(last)
    var hash: UInt64 = 0
    for lane in 0..<8 {
      hash = (hash ^ lanes[lane]) &* Self.prime
      hash ^= hash >> 29
    }
    for byte in last[(last.count / Self.step * Self.step)...] { hash = (hash ^ UInt64(byte)) &* Self.prime }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  /// The checksum of a file from a place on, whose memory is given back meanwhile.
  static func text(of file: FileBytes, from start: Int) -> String {
    var checksum = ViewChecksum()
    var position = start
    while file.count - position > View.piece {
      file[position..<(position + View.piece)].withUnsafeBytes { checksum.add($0) }
      file.release(position..<(position + View.piece))
      position += View.piece
    }
    return file[position..<file.count].withUnsafeBytes { checksum.text(endingWith: $0) }
  }
}
