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

  /// What a look at the paths found.
  public struct Look: Sendable {
    /// The numbers of those of which ``Files/kind(of:followingLinks:)`` is nil, in their order.
    public fileprivate(set) var missing: [Int] = []
    /// The numbers of those whose being there hangs on more than what their directory holds, such as links.
    public fileprivate(set) var unsure: [Int] = []
    /// The directories of all others, as they were before they were looked at: as long as they are so, what was found is true. Nil
    /// where that cannot be said.
    public fileprivate(set) var directories: [(path: FilePath, version: FileVersion)]? = []
  }

  /// Looks whether they are there.
  ///
  /// Most paths of a list have their directory in common with others. Such a directory is opened once, and what its entries
  /// say of themselves is not asked for one by one.
  ///
  /// - Parameter now: milliseconds since 1970.
  public func look(now: Int64 = Clock.nowMilliseconds) -> Look {
    bytes.withUnsafeBytes { bytes in
      var result = Look()
      guard let start = bytes.baseAddress else { return result }
      var found = [Existence](repeating: .unknown, count: count)
      for group in groups(from: start) {
        let directory = group.path
        let version = FileVersion(of: directory)
        let isTold = version.tellsChanges(of: directory, since: now)
        let isLarge = group.numbers.count >= Self.worthListing
        if isLarge {
          look(in: group, directory, start, &found)
        } else {
          for number in group.numbers { found[number] = existence(start + starts[number]) }
        }
        if isTold {
          result.directories?.append((directory, version))
        } else if isLarge {
          // To look at each of them the next time would take longer than this did.
          result.directories = nil
        } else {
          for number in group.numbers { found[number].isSure = false }
        }
      }
      for number in found.indices {
        if !found[number].isThere { result.missing.append(number) }
        if !found[number].isSure { result.unsure.append(number) }
      }
      return result
    }
  }

  /// Whether something is at a path.
  private struct Existence {
    var isThere: Bool
    /// Whether that follows from what its directory holds.
    var isSure: Bool

    static let unknown = Existence(isThere: false, isSure: false)
  }

  /// Paths of one directory.
  private struct Group {
    let directory: Text
    var numbers: [Int] = []

    /// Where it is.
    var path: FilePath {
      directory.count == 0
        ? FilePath(".")
        : FilePath(bytes: Array(UnsafeRawBufferPointer(start: directory.start, count: directory.count)))
    }
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

  private func existence(
    _ path: UnsafeRawPointer, in directory: Int32 = OpenFile.currentDirectory
  ) -> Existence {
    let path = path.assumingMemoryBound(to: CChar.self)
    guard let status = Stat(path, in: directory, followingLinks: false) else {
      // It may be one that cannot be looked at just now.
      return Existence(
        isThere: false, isSure: Errno.last == .noSuchFileOrDirectory || Errno.last == .notDirectory)
    }
    guard status.kind == .link else { return Existence(isThere: true, isSure: true) }
    return Existence(isThere: Stat(path, in: directory, followingLinks: true) != nil, isSure: false)
  }

  private func look(
    in group: Group, _ directory: FilePath, _ start: UnsafeRawPointer, _ found: inout [Existence]
  ) {
    func path(_ number: Int) -> UnsafeRawPointer { start + starts[number] }
    let length = group.directory.count
    guard var entries = DirectoryEntries(directory) else {
      // It may be one that can be searched and not read.
      for number in group.numbers { found[number] = existence(path(number)) }
      return
    }
    var byName: [Text: Int] = [:]
    byName.reserveCapacity(group.numbers.count)
    for number in group.numbers {
      let name = path(number) + length
      byName[Text(start: name, count: strlen(name.assumingMemoryBound(to: CChar.self)))] = number
    }
    let descriptor = entries.descriptor
    func look(at number: Int) -> Existence {
      let name = path(number) + length
      // What ends in a slash has no name.
      if name.load(as: UInt8.self) == 0 { return existence(path(number)) }
      return existence(name, in: descriptor)
    }
    var left = Self.entriesPerPath * group.numbers.count
    var mayBeSearched: Existence?
    while left > 0, let entry = entries.next() {
      left -= 1
      // What a link leads to is looked at below, and what the file system does not say.
      guard let kind = entry.kind, kind != .link,
        let number = byName[Text(start: entry.name, count: strlen(entry.name))]
      else { continue }
      // To one who may read a directory and not search it nothing in it is there.
      let existence = mayBeSearched ?? look(at: number)
      mayBeSearched = existence
      found[number] = existence
    }
    for number in group.numbers where !found[number].isThere { found[number] = look(at: number) }
  }
}
