import SystemSupport
import ByteStrings

/// What completion needs of a project. It is where the columns are in the view's file, and each is decoded when it is asked for:
/// of 10,000 projects that takes longer than to find them.
public struct NamedProject: Sendable {
  /// The view's file, which thousands hold on to: one reference costs less than what the file is made of.
  fileprivate final class Lines: Sendable {
    let file: FileBytes

    init(_ file: FileBytes) { self.file = file }
  }

  private let lines: Lines
  /// Where its line begins.
  private let start: Int
  /// Where the columns end, counted from there: ten thousand of these are handed on by value.
  private let idEnd, nameEnd, pathsEnd, keyEnd: UInt32
  /// Whether one with the same name was handed on before it.
  public fileprivate(set) var isRepeated = false

  /// A line of at most 4 GiB.
  fileprivate init(_ lines: Lines, _ bytes: UnsafeRawBufferPointer, line: Range<Int>) {
    self.lines = lines
    start = line.lowerBound
    var place = line.lowerBound
    func next() -> UInt32 {
      let end = Self.end(bytes, place..<line.upperBound, UInt8(ascii: "\t"))
      place = min(end + 1, line.upperBound)
      return UInt32(truncatingIfNeeded: end - line.lowerBound)
    }
    (idEnd, nameEnd, pathsEnd, keyEnd) = (next(), next(), next(), next())
  }

  private var idRange: Range<Int> { start..<start + Int(idEnd) }
  private var nameRange: Range<Int> { column(idEnd, nameEnd) }
  private var pathsRange: Range<Int> { column(nameEnd, pathsEnd) }
  private var keyRange: Range<Int> { column(pathsEnd, keyEnd) }

  /// The column behind one that ends here. Of a line with fewer columns the others are empty.
  private func column(_ before: UInt32, _ end: UInt32) -> Range<Int> {
    start + Int(before < end ? before + 1 : end)..<start + Int(end)
  }

  /// The project's id, 40 hexadecimal digits.
  public var id: [UInt8] { bytes(idRange) }
  /// Its name's bytes.
  public var name: [UInt8] { bytes(nameRange) }

  /// Hands on its name's bytes, without a copy of them.
  public func withName(_ body: (UnsafeRawBufferPointer) -> Void) { withBytes(nameRange, body) }

  /// Hands on the bytes of where it is on this machine, the first place, without a copy of them, and whether they are ASCII that
  /// stands for itself; nothing when it is not here.
  public func withPath(_ body: (_ path: UnsafeRawBufferPointer, _ isPlain: Bool) -> Void) {
    let range = pathsRange
    if range.isEmpty { return }
    withBytes(range) { paths in
      // Several paths are quoted because of what is between them; so is everything that does not stand for itself, except
      // letters beyond ASCII.
      if paths.count == range.count { return body(paths, Self.isASCII(paths)) }
      body(UnsafeRawBufferPointer(rebasing: paths[..<Self.end(paths, 0..<paths.count, 0)]), false)
    }
  }

  private static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var letters: UInt64 = 0
    var place = 0
    while place + 8 <= bytes.count {
      letters |= bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      place += 8
    }
    while place < bytes.count {
      letters |= UInt64(bytes[place])
      place += 1
    }
    return letters & 0x8080_8080_8080_8080 == 0
  }

  /// Whether it is on this machine.
  public var isHere: Bool { !pathsRange.isEmpty }
  /// The bytes of the normalised URL of its remote, `host/owner/name`; empty without one.
  public var key: [UInt8] { bytes(keyRange) }

  private func bytes(_ range: Range<Int>) -> [UInt8] { withBytes(range) { Array($0) } }

  private func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    lines.file.withUnsafeBufferPointer { file in
      let field = UnsafeBufferPointer(rebasing: file[range])
      guard field.first == UInt8(ascii: "\"") else { return body(UnsafeRawBufferPointer(field)) }
      return (Quoting.unquote(field) ?? []).withUnsafeBytes(body)
    }
  }

  /// The end of ``key`` that begins with these bytes, at the beginning of a part: `owner/name`, or more of it where the bytes
  /// have a slash; nil where there is none.
  public func address(beginning prefix: [UInt8]) -> [UInt8]? {
    guard !prefix.isEmpty, !keyRange.isEmpty else { return nil }
    return prefix.withUnsafeBytes { prefix in
      lines.file.withUnsafeBytes { file in
        let field = UnsafeRawBufferPointer(rebasing: file[keyRange])
        guard field.first == UInt8(ascii: "\"") else {
          return Self.address(beginning: prefix, in: field).map { Array(field[$0...]) }
        }
        return key.withUnsafeBytes { key in
          Self.address(beginning: prefix, in: key).map { Array(key[$0...]) }
        }
      }
    }
  }

  /// Where in a key the address stands.
  fileprivate static func address(
    beginning prefix: UnsafeRawBufferPointer, in key: UnsafeRawBufferPointer
  ) -> Int? {
    let slash = UInt8(ascii: "/")
    func slashBefore(_ end: Int) -> Int? {
      var place = end
      while place > 0 {
        place -= 1
        if key[place] == slash { return place }
      }
      return nil
    }
    guard !prefix.isEmpty, key.first != slash, var end = slashBefore(key.count) else { return nil }
    let isLong = prefix.contains(slash)
    while true {
      let before = slashBefore(end)
      let start = before.map { $0 + 1 } ?? 0
      if begins(key, start..<key.count, prefix) { return start }
      guard isLong, let before else { return nil }
      end = before
    }
  }
}

extension ViewFile {
  /// Hands on the projects whose name begins with these bytes, or whose id does, or ``NamedProject/address(beginning:)``, in the
  /// view's order.
  ///
  /// No more is decoded than what is asked for, and the file is not even copied: one name among 10,000 costs less than
  /// starting git.
  ///
  /// - Parameters:
  ///   - hereOnly: leaves out those that are not on this machine.
  ///   - commit: the commit that the view must show, for this machine; nil takes whatever it shows.
  /// - Returns: whether there is such a view.
  public func forEachProject(
    beginning prefix: [UInt8], hereOnly: Bool, in commit: String?, _ body: (NamedProject) -> Void
  ) -> Bool {
    guard let (file, header) = checked() else { return false }
    if let commit, !isFresh(header.commit, header.machine, at: commit) { return false }
    prefix.withUnsafeBytes {
      NamedProject.forEach(beginning: $0, hereOnly: hereOnly, in: file, from: header.end, body)
    }
    return true
  }
}

extension NamedProject {
  fileprivate static func forEach(
    beginning prefix: UnsafeRawBufferPointer, hereOnly: Bool, in view: FileBytes, from start: Int,
    _ body: (NamedProject) -> Void
  ) {
    view.withUnsafeBytes { file in
      // Lines that have it nowhere are not looked at. A quoted field may have other characters in another form, and one letter
      // nearly every line has.
      let isPlain = prefix.count > 1 && prefix.allSatisfy(Quoting.isPlainASCII)
      let bytes = file.bindMemory(to: UInt8.self)
      let search = isPlain ? ByteSearch(Array(prefix), in: bytes) : nil
      let lines = Lines(view)
      var names = WrittenNames(from: start)
      var position = start
      while position < file.count {
        if let search {
          guard let line = search.line(in: bytes, from: position) else { break }
          position = line.lowerBound
        }
        let end = end(file, position..<file.count, UInt8(ascii: "\n"))
        // Machines stand before the projects.
        if file[position] != UInt8(ascii: "@"), end - position <= UInt32.max {
          var project = NamedProject(lines, file, line: position..<end)
          if !hereOnly || project.isHere, project.begins(with: prefix, in: file) {
            project.isRepeated = names.isRepeated(project.nameRange, in: file)
            body(project)
          }
        }
        position = end + 1
      }
    }
  }

  /// Names that were met, in the file's own bytes: a copy of each would take longer than to find the projects.
  private struct WrittenNames {
    /// Where the first name with a hash stands. Of two names that share one, the second is new each time.
    private var places: [UInt64: Int] = [:]
    /// Where the file's rows begin.
    private let start: Int
    /// After so many, room is made for as many more as the rest of the file will have at this rate.
    private static let sample = 128

    init(from start: Int) { self.start = start }

    /// Whether the name in this range was met before; from now on it was.
    mutating func isRepeated(_ range: Range<Int>, in file: UnsafeRawBufferPointer) -> Bool {
      let hash = FNV1a.hash(UnsafeRawBufferPointer(rebasing: file[range]))
      // Nearly every name is new: one look at the table is enough for it.
      guard let first = places.updateValue(range.lowerBound, forKey: hash) else {
        if places.count == Self.sample {
          places.reserveCapacity(Self.sample * (file.count - start) / max(1, range.upperBound - start))
        }
        return false
      }
      places[hash] = first
      // With the tab that ends both.
      guard let base = file.baseAddress, range.upperBound < file.count else { return false }
      return Memory.areEqual(base + first, base + range.lowerBound, count: range.count + 1)
    }
  }

  /// Whether its name, its id or its address may be completed so.
  private func begins(with prefix: UnsafeRawBufferPointer, in file: UnsafeRawBufferPointer) -> Bool {
    let quote = UInt8(ascii: "\"")
    if file[nameRange].first == quote || file[keyRange].first == quote {
      return name.starts(with: prefix) || id.starts(with: prefix) || address(beginning: Array(prefix)) != nil
    }
    return Self.begins(file, nameRange, prefix) || Self.begins(file, idRange, prefix)
      || Self.address(beginning: prefix, in: UnsafeRawBufferPointer(rebasing: file[keyRange])) != nil
  }

  /// Where `byte` first stands in the range, else the range's end.
  fileprivate static func end(_ file: UnsafeRawBufferPointer, _ range: Range<Int>, _ byte: UInt8) -> Int {
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
