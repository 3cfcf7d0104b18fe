import SystemSupport
import ByteStrings

/// What completion needs of a project.
public struct NamedProject: Equatable, Sendable {
  /// The project's id.
  public let id: String
  /// Its name's bytes.
  public let name: [UInt8]
  /// The bytes of where it is on this machine, the first place; nil when it is not here.
  public let path: [UInt8]?
  /// The bytes of the normalised URL of its remote, `host/owner/name`; empty without one.
  public let key: [UInt8]

  /// The end of ``key`` that begins with these bytes, at the beginning of a part: `owner/name`, or more of it where the bytes
  /// have a slash; nil where there is none.
  public func address(beginning prefix: [UInt8]) -> [UInt8]? {
    Self.address(beginning: prefix, in: key[...]).map { Array($0) }
  }

  fileprivate static func address<Key: BidirectionalCollection<UInt8>>(
    beginning prefix: some Collection<UInt8>, in key: Key
  ) -> Key.SubSequence? {
    let slash = UInt8(ascii: "/")
    guard !prefix.isEmpty, key.first != slash, var end = key.lastIndex(of: slash) else { return nil }
    let isLong = prefix.contains(slash)
    while true {
      let before = key[..<end].lastIndex(of: slash)
      let start = before.map { key.index(after: $0) } ?? key.startIndex
      if key[start...].starts(with: prefix) { return key[start...] }
      guard isLong, let before else { return nil }
      end = before
    }
  }
}

extension ViewFile {
  /// The projects whose name begins with these bytes, or whose id does, or ``NamedProject/address(beginning:)``, in the view's
  /// order.
  ///
  /// No more is decoded than what is asked for, and the file is not even copied: one name among 10,000 costs less than
  /// starting git.
  ///
  /// - Parameter commit: the commit that the view must show, for this machine; nil takes whatever it shows.
  /// - Returns: nil where there is no such view.
  public func projects(beginning prefix: [UInt8], in commit: String?) -> [NamedProject]? {
    guard let file = file.mapped(), let header = ViewHeader(file) else { return nil }
    if let commit, header.commit != commit || header.machine != machine() ?? header.machine { return nil }
    return file.withUnsafeBytes { file in
      prefix.withUnsafeBytes { NamedProject.beginning($0, in: file, from: header.end) }
    }
  }
}

extension NamedProject {
  fileprivate static func beginning(
    _ prefix: UnsafeRawBufferPointer, in file: UnsafeRawBufferPointer, from start: Int
  ) -> [NamedProject] {
    var found: [NamedProject] = []
    // Lines that have it nowhere are not looked at. A quoted field may have other characters in another form.
    let isPlain = !prefix.isEmpty && prefix.allSatisfy(Quoting.isPlainASCII)
    let bytes = file.bindMemory(to: UInt8.self)
    let search = isPlain ? ByteSearch(Array(prefix), in: bytes) : nil
    var position = start
    while position < file.count {
      if let search {
        guard let line = search.line(in: bytes, from: position) else { break }
        position = line.lowerBound
      }
      let end = end(file, position..<file.count, UInt8(ascii: "\n"))
      let idEnd = self.end(file, position..<end, UInt8(ascii: "\t"))
      let name = min(idEnd + 1, end)
      // Machines stand before the projects. A quoted name is told apart only when it has been unquoted.
      if name < end, file[position] != UInt8(ascii: "@"),
        file[name] == UInt8(ascii: "\"") || begins(file, name..<end, prefix)
          || begins(file, position..<idEnd, prefix)
          || !prefix.isEmpty && hasAddress(file, name..<end, prefix)
      {
        let project = project(file, position, idEnd, end)
        if project.name.starts(with: prefix) || project.id.utf8.starts(with: prefix)
          || project.address(beginning: Array(prefix)) != nil
        {
          found.append(project)
        }
      }
      position = end + 1
    }
    return found
  }

  /// Whether the key, two fields behind the name, may be completed so.
  private static func hasAddress(
    _ file: UnsafeRawBufferPointer, _ rest: Range<Int>, _ prefix: UnsafeRawBufferPointer
  ) -> Bool {
    let key = self.key(file, rest)
    return file[key].first == UInt8(ascii: "\"") || address(beginning: prefix, in: file[key]) != nil
  }

  private static func key(_ file: UnsafeRawBufferPointer, _ rest: Range<Int>) -> Range<Int> {
    var start = rest.lowerBound
    for _ in 0..<2 {
      start = min(end(file, start..<rest.upperBound, UInt8(ascii: "\t")) + 1, rest.upperBound)
    }
    return start..<end(file, start..<rest.upperBound, UInt8(ascii: "\t"))
  }

  private static func project(
    _ file: UnsafeRawBufferPointer, _ start: Int, _ idEnd: Int, _ end: Int
  ) -> NamedProject {
    let nameEnd = self.end(file, (idEnd + 1)..<end, UInt8(ascii: "\t"))
    let paths = min(nameEnd + 1, end)
    let path = unquoted(file[paths..<self.end(file, paths..<end, UInt8(ascii: "\t"))]).prefix { $0 != 0 }
    return NamedProject(
      id: String(decoding: file[start..<idEnd], as: UTF8.self), name: unquoted(file[(idEnd + 1)..<nameEnd]),
      path: path.isEmpty ? nil : Array(path), key: unquoted(file[key(file, (idEnd + 1)..<end)]))
  }

  private static func unquoted(_ field: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
    field.first == UInt8(ascii: "\"") ? Quoting.unquote(field) ?? [] : Array(field)
  }

  /// Where `byte` first stands in the range, else the range's end.
  private static func end(_ file: UnsafeRawBufferPointer, _ range: Range<Int>, _ byte: UInt8) -> Int {
    guard let base = file.baseAddress, !range.isEmpty,
      let place = Memory.first(byte, from: base + range.lowerBound, count: range.count)
    else { return range.upperBound }
    return place - base
  }

  private static func begins(
    _ file: UnsafeRawBufferPointer, _ range: Range<Int>, _ prefix: UnsafeRawBufferPointer
  ) -> Bool {
    guard prefix.count <= range.count else { return false }
    guard let base = file.baseAddress, let start = prefix.baseAddress else { return prefix.isEmpty }
    return Memory.areEqual(base + range.lowerBound, start, count: prefix.count)
  }
}
