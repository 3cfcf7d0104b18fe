package import CGit2

/// The name of a git object: the SHA-1 of its kind, size and bytes.
public struct ObjectID: Hashable, Comparable, Sendable {
  // The twenty bytes as big-endian numbers: comparing and hashing these is comparing and hashing the bytes.
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  /// The id of twenty zeros, which stands for "no object" in reflogs and protocols.
  public static let zero = ObjectID(high: 0, middle: 0, low: 0)

  private init(high: UInt64, middle: UInt64, low: UInt32) {
    self.high = high
    self.middle = middle
    self.low = low
  }

  /// The id that these twenty bytes are; nil for another number of bytes.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 20 else { return nil }
    var high: UInt64 = 0
    var middle: UInt64 = 0
    var low: UInt32 = 0
    for (index, byte) in bytes.enumerated() {
      switch index {
      case 0..<8: high = high << 8 | UInt64(byte)
      case 8..<16: middle = middle << 8 | UInt64(byte)
      default: low = low << 8 | UInt32(byte)
      }
    }
    self.init(high: high, middle: middle, low: low)
  }

  /// The id that these forty hexadecimal digits of either case are; nil for anything else.
  public init?(hex: some StringProtocol) {
    var digits: [UInt8] = []
    digits.reserveCapacity(40)
    for character in hex.utf8 {
      switch character {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(character - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digits.append(character - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digits.append(character - UInt8(ascii: "A") + 10)
      default: return nil
      }
      if digits.count > 40 { return nil }
    }
    guard digits.count == 40 else { return nil }
    self.init(bytes: (0..<20).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] })
  }

  /// The twenty bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(20)
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: high >> shift))
    }
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: middle >> shift))
    }
    for shift in stride(from: UInt32(24), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: low >> shift))
    }
    return bytes
  }

  /// The id whose twenty bytes stand there.
  init(in bytes: UnsafeRawBufferPointer, at offset: Int) {
    self.init(
      high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)),
      middle: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)),
      low: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt32.self)))
  }

  /// The first byte.
  var firstByte: UInt8 { UInt8(truncatingIfNeeded: high >> 56) }

  /// Forty lower-case hexadecimal digits.
  public var hex: String {
    String(unsafeUninitializedCapacity: 40) { buffer in
      for place in 0..<40 {
        let (number, offset) = place < 16 ? (high, 60) : place < 32 ? (middle, 124) : (UInt64(low), 156)
        let digit = UInt8(truncatingIfNeeded: number >> UInt64(offset - 4 * place)) & 15
        let first = digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10
        buffer.initializeElement(at: place, to: first + digit)
      }
      return 40
    }
  }

  /// In the order of the bytes, which is that of ``hex``.
  public static func < (left: ObjectID, right: ObjectID) -> Bool {
    if left.high != right.high { return left.high < right.high }
    if left.middle != right.middle { return left.middle < right.middle }
    return left.low < right.low
  }

  /// The id that a blob of these bytes has, as `git hash-object --stdin` prints it.
  public static func hash(blob: [UInt8]) throws(GitError) -> ObjectID { try hash(blob, as: .blob) }

  /// The id that a blob of these bytes has, in hexadecimal digits; nil where libgit2 cannot compute it.
  @Sendable public static func blobHash(_ bytes: [UInt8]) -> String? { (try? hash(blob: bytes))?.hex }

  /// The id that an object of this kind and these bytes has.
  static func hash(_ bytes: [UInt8], as kind: ObjectKind) throws(GitError) -> ObjectID {
    try LibGit2.start()
    var id = git_oid()
    try check(git_odb_hash(&id, bytes, bytes.count, kind.raw), "hashing", "an object")
    return ObjectID(id)
  }

  package init(_ raw: git_oid) {
    self = withUnsafeBytes(of: raw.id) { bytes in
      ObjectID(
        high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
        middle: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
        low: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
    }
  }

  init?(_ raw: UnsafePointer<git_oid>?) {
    guard let raw else { return nil }
    self.init(raw.pointee)
  }

  /// The id in libgit2's form.
  package var raw: git_oid {
    var raw = git_oid()
    withUnsafeMutableBytes(of: &raw.id) { bytes in
      bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
      bytes.storeBytes(of: middle.bigEndian, toByteOffset: 8, as: UInt64.self)
      bytes.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt32.self)
    }
    return raw
  }
}
