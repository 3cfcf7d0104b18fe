import SystemSupport
import ByteStrings
import SystemPackage

/// The index of a pack, for where its objects stand (gitformat-pack(5), version 2): libgit2 tells no place of an object, and to
/// have it walk a pack in order takes it several times as long.
struct PackIndex {
  private let bytes: FileBytes
  private let count: Int

  private static let header: [UInt8] = [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2]
  /// Where the numbers of objects by the first byte of their names stand, and the names behind them.
  private static let fan = 8
  private static let names = fan + 256 * 4

  /// The index of a pack; nil where it cannot be read, or is of another version.
  ///
  /// - Parameter pack: the file `pack-….pack`.
  init?(of pack: FilePath) {
    var path = pack
    path.extension = "idx"
    guard let size = Files.size(of: path), size <= Limits.packIndex,
      let bytes = try? FileBytes(mapping: path), bytes.count > Self.names,
      bytes[0..<Self.header.count].array == Self.header
    else { return nil }
    self.bytes = bytes
    count = bytes.withUnsafeBytes { Self.number($0, at: Self.names - 4) }
    // The names, four bytes of a checksum for each, and where each stands.
    guard Self.names + count * 28 <= bytes.count else { return nil }
  }

  /// Where these objects begin in the pack, in their order; nil for one that it does not have.
  func places(of ids: [ObjectID?]) -> [Int?] {
    bytes.withUnsafeBytes { bytes in ids.map { id in id.flatMap { place(of: $0, bytes) } } }
  }

  private func place(of id: ObjectID, _ bytes: UnsafeRawBufferPointer) -> Int? {
    let first = Int(id.firstByte)
    let start = first == 0 ? 0 : Self.number(bytes, at: Self.fan + (first - 1) * 4)
    let end = Self.number(bytes, at: Self.fan + first * 4)
    guard start <= end, end <= count,
      let index = (start..<end).sortedIndex(of: id, by: { ObjectID(in: bytes, at: Self.names + $0 * 20) })
    else { return nil }
    let places = Self.names + count * 24
    let place = Self.number(bytes, at: places + index * 4)
    // What does not fit is the number of a longer one.
    guard place & 1 << 31 != 0 else { return place }
    let longer = places + count * 4 + (place & 0x7FFF_FFFF) * 8
    guard longer + 8 <= bytes.count else { return nil }
    return (Self.number(bytes, at: longer) & 0x7FFF_FFFF) << 32 | Self.number(bytes, at: longer + 4)
  }

  private static func number(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
    Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }
}

extension PackFiles {
  /// Where objects stand among the packs: in the order of these numbers it costs least to read them.
  ///
  /// A pack has most objects as deltas against another one, which is likely to stand shortly before. libgit2 caches 16 MB of
  /// the bases: of 10,000 entries that is all of them, but of 100,000, read in the order of their names, hardly ever the one
  /// that is needed. Read in the order of the packs, each base is built once.
  ///
  /// - Parameter objects: the directory that git calls `objects`.
  /// - Returns: in the order of `ids`; the greatest number for an object that is in no pack. The caller notices a missing object
  ///   when it reads it.
  static func places(of ids: [ObjectID?], in objects: FilePath) -> [Int] {
    var places = Array(repeating: Int.max, count: ids.count)
    var missing = ids.indices.filter { ids[$0] != nil }
    var before = 0
    // The largest first: it has nearly all.
    let packs = ((try? all(in: objects)) ?? []).map { (file: $0, size: Files.size(of: $0) ?? 0) }
    for (file, size) in packs.sorted(by: { $0.size > $1.size }) where !missing.isEmpty {
      guard let index = PackIndex(of: file) else { continue }
      // What is behind its end is in an index that is damaged.
      let found = index.places(of: missing.map { ids[$0] }).map { $0.flatMap { $0 < size ? $0 : nil } }
      for (number, place) in zip(missing, found) where place != nil { places[number] = before + (place ?? 0) }
      missing = zip(missing, found).filter { $1 == nil }.map(\.0)
      before += size
    }
    return places
  }
}
