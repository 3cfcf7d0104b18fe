import SystemSupport
import ByteStrings
public import SystemPackage

/// Look-ups: as cheap for one text as for each of very many, which no caller has to tell apart.
extension View {
  /// The rows that hold `text` in `column`, or among its items where it is a list.
  public func rows(where column: ViewColumn, is text: String) -> [ViewRow] {
    guard !text.isEmpty else { return [] }
    if let index = indexes.index(of: column, in: self) {
      return index.lines(of: ByteText.bytes(of: text)).map { row($0..<lineEnd(from: $0)) }
        .filter { $0.holds(text, in: column) }
    }
    return rows(holding: text) { $0.holds(text, in: column) }
  }

  /// The rows that have `text` somewhere, and for which `matches` holds.
  func rows(holding text: String, _ matches: (ViewRow) -> Bool) -> [ViewRow] {
    let quoted = Quoting.quote(ByteText.bytes(of: text))
    // Inside a quoted list the item stands without its own quotes.
    let needle = quoted.first == UInt8(ascii: "\"") ? Array(quoted.dropFirst().dropLast()) : quoted
    return candidates(needle, matches)
  }

  /// The row of the project with this id.
  public func row(id: String) -> ViewRow? {
    let line = place(of: Array(id.utf8))
    return line.isEmpty ? nil : row(line.lowerBound..<lineEnd(from: line.lowerBound))
  }

  /// The rows whose id begins with `prefix`.
  public func rows(idPrefix prefix: String) -> [ViewRow] {
    guard !prefix.isEmpty else { return [] }
    var found: [ViewRow] = []
    var position = firstLine(notBefore: Array(prefix.utf8))
    while position < bytes.count {
      let end = lineEnd(from: position)
      let row = row(position..<end)
      guard row.id.utf8.starts(with: prefix.utf8) else { break }
      found.append(row)
      position = end + 1
    }
    return found
  }

  /// The path of the project that `directory` is, or that is nearest around it: within the repository that git sees
  /// there. A repository of its own within a project, such as a submodule, is not that project.
  public func projectPath(around directory: FilePath) -> FilePath? {
    var path = directory
    while true {
      if isProject(path) { return path }
      if let repository = RepositoryRoot(at: path) { return repository.places.first(where: isProject) }
      guard path.lastComponent != nil else { return nil }
      path = path.removingLastComponent()
    }
  }

  private func isProject(_ path: FilePath) -> Bool { !rows(where: .paths, is: path.text).isEmpty }

  // MARK: By id, as the rows are sorted

  /// The line of the project with this id, its end with it; empty, where it would stand, when there is none.
  func place(of id: [UInt8]) -> Range<Int> {
    let line = firstLine(notBefore: id)
    guard line < bytes.count, !id.isEmpty else { return line..<line }
    let end = lineEnd(from: line)
    let isThere = bytes[line..<end].withUnsafeBytes { $0.starts(with: id + [UInt8(ascii: "\t")]) }
    return line..<(isThere ? min(end + 1, bytes.count) : line)
  }

  /// Where the first line begins whose id does not come before `id`: the file's end where there is none.
  private func firstLine(notBefore id: [UInt8]) -> Int {
    bytes.withUnsafeBufferPointer { buffer in
      let newline = UInt8(ascii: "\n")
      var low = start
      var high = buffer.count
      while low < high {
        let middle = low + (high - low) / 2
        let line = buffer[low..<middle].lastIndex(of: newline).map { $0 + 1 } ?? low
        let end = ByteSearch.first(newline, in: buffer, from: middle) ?? buffer.count
        let field = buffer[line..<end].prefix { $0 != UInt8(ascii: "\t") }
        if field.lexicographicallyPrecedes(id) { low = min(end + 1, buffer.count) } else { high = line }
      }
      return low
    }
  }

  // MARK: By a search through all

  private func candidates(_ needle: [UInt8], _ matches: (ViewRow) -> Bool) -> [ViewRow] {
    if vain.covers(needle) { return [] }
    return bytes.withUnsafeBufferPointer { buffer in
      var found: [ViewRow] = []
      let search = ByteSearch(needle, in: buffer)
      var position = start
      while let line = search.line(in: buffer, from: position) {
        let row = row(line)
        if matches(row) { found.append(row) }
        position = line.upperBound
      }
      if position == start { vain.note(needle) }
      return found
    }
  }
}
