import SystemSupport
import ByteStrings
import SystemPackage

/// What stands in a blob for a file of Git LFS (git-lfs's specification, docs/spec.md): its SHA-256 and its size.
struct LFSPointer {
  /// The sum in hexadecimal digits.
  let sum: String
  /// The bytes of the file.
  let size: Int
  /// Whether an extension has changed the file before it was summed.
  let isExtended: Bool

  /// The pointer that these bytes are; nil where they are not one.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count < 1024, bytes.starts(with: "version https://".utf8) else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(at: "\n")
    func value(_ key: String) -> Substring? {
      lines.first { $0.begins(with: key + " ") }.map { $0.dropFirst(key.count + 1) }
    }
    guard lines[0].holds(text: "git-lfs") || lines[0].holds(text: "hawser"),
      let sum = value("oid"), sum.begins(with: "sha256:"), sum.utf8.count == 71,
      let size = value("size").flatMap({ Int($0) }), size >= 0
    else { return nil }
    self.sum = String(sum.dropFirst(7)).lowercased()
    self.size = size
    isExtended = lines.contains { $0.begins(with: "ext-") }
  }

  /// Whether the file is the one that is meant; nil where it cannot be read.
  func isFile(_ path: FilePath) -> Bool? {
    guard let status = Stat(at: path, followingLinks: false) else { return nil }
    guard status.kind == .file, Int(status.size) == size else { return false }
    var hash = SHA256()
    do throws(SystemError) {
      try Files.readPieces(of: path, size: 1 << 20) { piece in
        Watch.sign()
        hash.update(piece)
        return true
      }
    } catch {
      return nil
    }
    return hash.finish() == sum
  }
}

/// The SHA-256 of bytes that come piece by piece (FIPS 180-4): libgit2 has none, and a library that has would be loaded by every
/// command.
struct SHA256 {
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  private var rest: [UInt8] = []
  private var length = 0

  /// Takes the next bytes.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length += bytes.count
    var bytes = bytes[...]
    if !rest.isEmpty {
      let missing = min(64 - rest.count, bytes.count)
      rest += bytes.prefix(missing)
      bytes = bytes.dropFirst(missing)
      guard rest.count == 64 else { return }
      rest.withUnsafeBytes { Self.blocks($0, &state) }
      rest = []
    }
    let whole = bytes.count / 64 * 64
    Self.blocks(UnsafeRawBufferPointer(rebasing: bytes.prefix(whole)), &state)
    rest = Array(bytes.dropFirst(whole))
  }

  /// The sum in hexadecimal digits.
  consuming func finish() -> String {
    let bits = UInt64(length) * 8
    var last = rest + [0x80]
    last += [UInt8](repeating: 0, count: (120 - last.count % 64) % 64)
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      last.append(UInt8(truncatingIfNeeded: bits >> shift))
    }
    last.withUnsafeBytes { Self.blocks($0, &state) }
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: state.flatMap { word in
        stride(from: UInt32(28), through: 0, by: -4).map { digits[Int(word >> $0 & 15)] }
      }, as: UTF8.self)
  }

  private static func blocks(_ bytes: UnsafeRawBufferPointer, _ state: inout [UInt32]) {
    constants.withUnsafeBufferPointer { k in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { w in
        for start in stride(from: 0, to: bytes.count, by: 64) {
          for t in 0..<16 {
            w[t] = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: start + 4 * t, as: UInt32.self))
          }
          for t in 16..<64 {
            let (x, y) = (w[t - 15], w[t - 2])
            let s0 = rotated(x, 7) ^ rotated(x, 18) ^ x >> 3
            let s1 = rotated(y, 17) ^ rotated(y, 19) ^ y >> 10
            w[t] = w[t - 16] &+ s0 &+ w[t - 7] &+ s1
          }
          var (a, b, c, d) = (state[0], state[1], state[2], state[3])
          var (e, f, g, h) = (state[4], state[5], state[6], state[7])
          for t in 0..<64 {
            let s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
            let first = h &+ s1 &+ (e & f ^ ~e & g) &+ k[t] &+ w[t]
            let s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
            let second = s0 &+ (a & b ^ a & c ^ b & c)
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
          }
          state[0] &+= a
          state[1] &+= b
          state[2] &+= c
          state[3] &+= d
          state[4] &+= e
          state[5] &+= f
          state[6] &+= g
          state[7] &+= h
        }
      }
    }
  }

  private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }

  private static let constants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}
