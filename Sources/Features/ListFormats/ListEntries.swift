import ByteStrings
import Registry
import SystemPackage
import SystemSupport

/// Entries, each kept as bytes and decoded on access: 100,000 of them take 35 MB so, and 120 MB as values.
public struct ListEntries: RandomAccessCollection, Sendable {
  private var bytes: [UInt8] = []
  private var ranges: [Range<Int>] = []
  /// Whether some are parts of a repository.
  public private(set) var hasParts = false

  /// What a text of an entry is. It stands before the text, with its length.
  private enum Mark: UInt8 {
    case key, value, url, path, tag, remote, remoteURL, rank, lastUsed
  }

  /// None so far.
  ///
  /// - Parameter capacity: the bytes that they may take, where that is known: to grow takes twice the memory.
  public init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  /// These entries.
  public init(_ entries: some Sequence<ListEntry>) { for entry in entries { append(entry) } }

  /// Adds one at the end.
  public mutating func append(_ entry: ListEntry) {
    let start = bytes.count
    for (key, value) in entry.fields {
      put(.key, key)
      put(.value, value)
    }
    if let url = entry.url { put(.url, url) }
    for path in entry.paths { put(.path, path.text) }
    for tag in entry.tags { put(.tag, tag) }
    for (name, url) in entry.remotes {
      put(.remote, name)
      put(.remoteURL, url)
    }
    if let rank = entry.rank { put(.rank, "\(rank)") }
    if let lastUsed = entry.lastUsed { put(.lastUsed, "\(lastUsed.milliseconds)") }
    ranges.append(start..<bytes.count)
    if entry.fields[.subdirectory] != nil { hasParts = true }
  }

  private mutating func put(_ mark: Mark, _ text: String) {
    let length = UInt32(text.utf8.count)
    bytes.append(mark.rawValue)
    for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: length >> UInt32(shift))) }
    bytes += text.utf8
  }

  /// The place of the first.
  public var startIndex: Int { ranges.startIndex }
  /// The place behind the last.
  public var endIndex: Int { ranges.endIndex }

  /// One of them.
  public subscript(position: Int) -> ListEntry {
    var entry = ListEntry()
    var (key, remote) = ("", "")
    var place = ranges[position].lowerBound
    while place < ranges[position].upperBound, let mark = Mark(rawValue: bytes[place]) {
      let start = place + 5
      let length = (1...4).reversed().reduce(0) { $0 << 8 | Int(bytes[place + $1]) }
      place = start + length
      let text = String(decoding: bytes[start..<place], as: UTF8.self)
      switch mark {
      case .key: key = text
      case .value: entry.fields[key] = text
      case .url: entry.url = text
      case .path: entry.paths.append(FilePath(text: text))
      case .tag: entry.tags.append(text)
      case .remote: remote = text
      case .remoteURL: entry.remotes[remote] = text
      case .rank: entry.rank = Double(text)
      case .lastUsed: entry.lastUsed = Int64(text).map { Timestamp(milliseconds: $0) }
      }
    }
    return entry
  }

  /// Those that are wanted; what they are made of is not copied.
  public func filter(_ isWanted: (ListEntry) throws -> Bool) rethrows -> ListEntries {
    var kept = self
    kept.ranges = try ranges.indices.filter { try isWanted(self[$0]) }.map { ranges[$0] }
    return kept
  }
}
