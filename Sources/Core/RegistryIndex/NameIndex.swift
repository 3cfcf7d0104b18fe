import SystemSupport
import ByteStrings

/// Where the projects of each name stand in a large view: `cache/names`, derived and safe to delete.
///
/// A look-up by name goes through all of the view, once for its checksum and once for the name, and of 100,000 projects that takes
/// five times as long as all the rest of `dev-infra path NAME`. With the index no more is read than the row that is found, which
/// has a checksum of its own.
public struct NameIndex {
  /// The age in seconds from which a view gets an index: for a user who changes the registry between two look-ups, it would only
  /// cost time.
  private static let youngest = 2
  private static let version = "dev-infra-names 1"

  /// A name in the index: what it and its row are known by, and where that row begins.
  private struct Entry {
    static let size = 12
    let name: UInt32
    let row: UInt32
    let start: UInt32
  }

  private let view: FileBytes
  private let entries: FileBytes

  /// The index of the view in a registry, as it is now; nil where there is none, or it is of another view.
  public init?(of file: ViewFile) {
    guard let entries = Self.file(of: file).mapped(), let view = file.file.mapped(),
      let header = ViewHeader(unchecked: view), let main = try? file.main(),
      file.isFresh(header.commit, header.machine, at: main)
    else { return nil }
    let start = entries.withUnsafeBytes { bytes in
      bytes.prefix(128).firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    }
    let rest = entries[start..<entries.count]
    let line = entries[0..<start].array
    guard rest.count.isMultiple(of: Entry.size),
      line.elementsEqual(Self.line(of: header, sum: ViewChecksum.text(of: rest, from: 0)).utf8)
    else { return nil }
    self.view = view
    self.entries = rest
  }

  /// The one project on this machine with just this name, where there is no other; nil where only a search tells.
  public func row(named text: String) -> ViewRow? {
    let name = ByteText.bytes(of: text)
    let hash = name.withUnsafeBytes(Self.hash)
    var found: [ViewRow] = []
    var number = firstEntry(notBefore: hash)
    while number < count, entry(number).name == hash {
      guard let row = row(of: entry(number)) else { return nil }
      if row.holds(text, in: .name) { found.append(row) }
      number += 1
    }
    let rows = ProjectQuery.preferred(found)
    return rows.count == 1 && !rows[0].isEmpty(.paths) ? rows[0] : nil
  }

  /// Writes the index of a view that was read to its end, where the view is large and old enough to be worth it.
  public static func write(of view: View, in file: ViewFile) {
    guard view.contents.count > ViewSeal.small, let age = file.file.age, age >= youngest,
      let header = ViewHeader(unchecked: view.contents)
    else { return }
    var entries: [Entry] = []
    view.forEachPlace { place, _, name, _ in
      entries.append(
        Entry(
          name: hash(UnsafeRawBufferPointer(name)),
          row: view.contents[place.line].withUnsafeBytes(hash),
          start: UInt32(truncatingIfNeeded: place.line.lowerBound)))
    }
    entries.sort { ($0.name, $0.start) < ($1.name, $1.start) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * Entry.size)
    for entry in entries {
      for word in [entry.name, entry.row, entry.start] {
        withUnsafeBytes(of: word.littleEndian) { bytes += $0 }
      }
    }
    let sum = bytes.withUnsafeBytes { ViewChecksum().text(endingWith: $0) }
    // Without it the next look-up takes as long as this one.
    try? Self.file(of: file).write(Array(line(of: header, sum: sum).utf8) + bytes)
  }

  private static func file(of file: ViewFile) -> CacheFile {
    CacheFile("names", of: file.registry, limit: 1 << 28)
  }

  /// What the file begins with: the view that it is of, and the checksum of the entries.
  private static func line(of view: ViewHeader, sum: String) -> String {
    "\(version) \(view.commit) \(view.machine) \(view.checksum) \(sum)\n"
  }

  // MARK: Entries, sorted by their hash

  private var count: Int { entries.count / Entry.size }

  private func entry(_ number: Int) -> Entry {
    entries.withUnsafeBytes { bytes in
      func word(_ place: Int) -> UInt32 {
        UInt32(
          littleEndian: bytes.loadUnaligned(fromByteOffset: number * Entry.size + 4 * place, as: UInt32.self))
      }
      return Entry(name: word(0), row: word(1), start: word(2))
    }
  }

  private func firstEntry(notBefore hash: UInt32) -> Int {
    (0..<count).partitionPoint { entry($0).name >= hash }
  }

  /// The row of an entry; nil where something else stands there.
  private func row(of entry: Entry) -> ViewRow? {
    let start = Int(entry.start)
    guard start < view.count else { return nil }
    let end = view.withUnsafeBufferPointer {
      ByteSearch.first(UInt8(ascii: "\n"), in: $0, from: start) ?? $0.count
    }
    let line = view[start..<end]
    return line.withUnsafeBytes(Self.hash) == entry.row ? ViewRow(line: line) : nil
  }

  /// ``FNV1a``, its 64 bits brought down to 32.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    let hash = FNV1a.hash(bytes)
    return UInt32(truncatingIfNeeded: hash ^ (hash >> 32))
  }
}
