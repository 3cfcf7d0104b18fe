#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

/// Many paths in one piece of memory, known by their numbers, and what is to be asked of the file system about all of them.
public struct PathList: Sendable {
  /// The paths, each ended by a NUL as the system takes them.
  private var bytes: [UInt8] = []
  /// Where each begins.
  private var starts: [Int] = []

  /// No path.
  public init() {}

  /// How many there are.
  public var count: Int { starts.count }

  /// Appends a path. A NUL ends it, as it would for the system.
  public mutating func append(_ path: UnsafeRawBufferPointer) {
    starts.append(bytes.count)
    bytes.append(contentsOf: path)
    bytes.append(0)
  }

  /// Appends a path.
  public mutating func append(_ path: FilePath) { path.bytes.withUnsafeBytes { append($0) } }

  /// The paths of one directory for which reading the whole directory costs less than looking at each.
  private static let worthListing = 8
  /// The entries of such a directory that are read for each of its paths: what has many more is not read to its end.
  private static let entriesPerPath = 4

  /// The numbers of those of which ``Files/kind(of:followingLinks:)`` is nil, in their order.
  ///
  /// Most paths of a list have their directory in common with others. Such a directory is opened once, and what its entries
  /// say of themselves is not asked for one by one.
  public func missing() -> [Int] {
    bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return [] }
      var isThere = [Bool](repeating: false, count: count)
      for group in groups(from: start) {
        if group.numbers.count >= Self.worthListing {
          look(in: group, start, &isThere)
        } else {
          for number in group.numbers { isThere[number] = exists(start + starts[number]) }
        }
      }
      return isThere.indices.filter { !isThere[$0] }
    }
  }

  /// Paths of one directory.
  private struct Group {
    let directory: Text
    var numbers: [Int] = []
  }

  /// Bytes that are compared as a whole.
  private struct Text: Hashable {
    let start: UnsafeRawPointer
    let count: Int

    static func == (left: Text, right: Text) -> Bool {
      left.count == right.count && Memory.areEqual(left.start, right.start, count: left.count)
    }

    func hash(into hasher: inout Hasher) {
      hasher.combine(bytes: UnsafeRawBufferPointer(start: start, count: count))
    }
  }

  private func groups(from start: UnsafeRawPointer) -> [Group] {
    var groups: [Group] = []
    var places: [Text: Int] = [:]
    for number in starts.indices {
      let path = start + starts[number]
      let directory = Text(start: path, count: nameOffset(of: path))
      // Neighbours often are in one directory.
      if let last = groups.last, last.directory == directory {
        groups[groups.count - 1].numbers.append(number)
      } else if let place = places[directory] {
        groups[place].numbers.append(number)
      } else {
        places[directory] = groups.count
        groups.append(Group(directory: directory, numbers: [number]))
      }
    }
    return groups
  }

  /// Where a path's last name begins, in bytes from its start.
  private func nameOffset(of path: UnsafeRawPointer) -> Int {
    let text = path.assumingMemoryBound(to: CChar.self)
    return strrchr(text, Int32(UInt8(ascii: "/"))).map { UnsafePointer($0) - text + 1 } ?? 0
  }

  private func exists(_ path: UnsafeRawPointer) -> Bool {
    Stat(path.assumingMemoryBound(to: CChar.self), in: OpenFile.currentDirectory, followingLinks: true) != nil
  }

  private func look(in group: Group, _ start: UnsafeRawPointer, _ isThere: inout [Bool]) {
    func path(_ number: Int) -> UnsafeRawPointer { start + starts[number] }
    let length = group.directory.count
    let directory = UnsafeRawBufferPointer(start: group.directory.start, count: length)
    guard var entries = DirectoryEntries(length == 0 ? FilePath(".") : FilePath(bytes: Array(directory)))
    else {
      // It may be one that can be searched and not read.
      for number in group.numbers { isThere[number] = exists(path(number)) }
      return
    }
    var byName: [Text: Int] = [:]
    byName.reserveCapacity(group.numbers.count)
    for number in group.numbers {
      let name = path(number) + length
      byName[Text(start: name, count: strlen(name.assumingMemoryBound(to: CChar.self)))] = number
    }
    let descriptor = entries.descriptor
    func look(at number: Int) -> Bool {
      let name = (path(number) + length).assumingMemoryBound(to: CChar.self)
      // What ends in a slash has no name.
      if name[0] == 0 { return exists(path(number)) }
      return Stat(name, in: descriptor, followingLinks: true) != nil
    }
    var left = Self.entriesPerPath * group.numbers.count
    var mayBeSearched: Bool?
    while left > 0, let entry = entries.next() {
      left -= 1
      // What a link leads to is looked at below, and what the file system does not say.
      guard let kind = entry.kind, kind != .link,
        let number = byName[Text(start: entry.name, count: strlen(entry.name))]
      else { continue }
      // To one who may read a directory and not search it nothing in it is there.
      let isOpen = mayBeSearched ?? look(at: number)
      mayBeSearched = isOpen
      isThere[number] = isOpen
    }
    for number in group.numbers where !isThere[number] { isThere[number] = look(at: number) }
  }
}
