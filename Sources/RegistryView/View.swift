import Platform
import Records
import Registry
public import SystemPackage

/// The registry's main as one line a project: `cache/projects.tsv`, derived and safe to delete.
///
/// The first line is `dev-infra-view FORMAT COMMIT MACHINE CHECKSUM`. Lines `@ID<TAB>NAME` with the machines' names
/// follow, and then the projects, sorted by id, with the columns of ``ViewColumn`` between tabs, quoted as git quotes.
/// Columns are decoded when they are asked for, so that a look-up among 100,000 costs a search and one row.
public struct View: Sendable {
  /// The format this version reads and writes; another one is brought up to date, not read.
  static let format = "1"

  /// The commit whose projects these are.
  public let commit: String
  /// The machine whose paths these are.
  public let machine: String
  /// Names by machine id.
  public let machineNames: [String: String]
  /// What each machine is called: its name, with the beginning of its id where another has the same.
  let shownNames: [String: String]
  private let bytes: [UInt8]
  private let start: Int
  /// Rows that stand in for those of the file, by id; nil where the project is gone.
  private var overlay: [String: ViewRow?] = [:]

  /// Reads the view's file.
  ///
  /// - Returns: nil when it is no view of this format, cut short, or damaged.
  public init?(_ file: [UInt8]) {
    guard let header = file.withUnsafeBytes({ ViewHeader($0) }) else { return nil }
    commit = header.commit
    machine = header.machine
    var names: [String: String] = [:]
    var position = header.end
    while position < file.count, file[position] == UInt8(ascii: "@") {
      guard let lineEnd = file[position...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      let line = file[(position + 1)..<lineEnd]
      guard line.count(where: { $0 == UInt8(ascii: "\t") }) == 1 else { return nil }
      names[ViewField.text(at: 0, of: line)] = ViewField.text(at: 1, of: line)
      position = lineEnd + 1
    }
    machineNames = names
    shownNames = Self.shown(names)
    bytes = file
    start = position
  }

  private static func shown(_ names: [String: String]) -> [String: String] {
    let owners = Dictionary(grouping: names.keys) { names[$0] ?? "" }
    return Dictionary(
      uniqueKeysWithValues: names.map { id, name in
        (id, owners[name]?.count == 1 ? name : "\(name)-\(id.prefix(4))")
      })
  }

  /// The file with these rows.
  ///
  /// - Parameter rows: sorted by id.
  public static func file(
    commit: String, machine: String, machineNames: [String: String], rows: some Sequence<ViewRow>
  ) -> [UInt8] {
    var body: [UInt8] = []
    for (id, name) in machineNames.sorted(by: { $0.key < $1.key }) {
      body += Array("@\(id)\t".utf8) + Quoting.quote(ByteText.bytes(of: name)) + [UInt8(ascii: "\n")]
    }
    for row in rows { row.append(to: &body) }
    let checksum = body.withUnsafeBytes { ViewHeader.checksum($0, from: 0) }
    return Array("dev-infra-view \(format) \(commit) \(machine) \(checksum)\n".utf8) + body
  }

  /// The same view with other rows for these ids; nil where a project is gone.
  public func replacing(_ rows: [String: ViewRow?]) -> View {
    var copy = self
    copy.overlay.merge(rows) { $1 }
    return copy
  }

  // MARK: Rows

  /// Every row, sorted by id.
  public var rows: [ViewRow] {
    var rows: [ViewRow] = []
    forEachLine { line in
      let row = row(line)
      if overlay.isEmpty || !overlay.keys.contains(row.id) { rows.append(row) }
    }
    guard !overlay.isEmpty else { return rows }
    rows += overlay.values.compactMap { $0 }
    rows.sort { $0.id < $1.id }
    return rows
  }

  /// The file that has these rows, as a view of `commit`.
  public func file(commit: String, machineNames: [String: String]) -> [UInt8] {
    Self.file(commit: commit, machine: machine, machineNames: machineNames, rows: rows)
  }

  private func forEachLine(_ body: (Range<Int>) -> Void) {
    var position = start
    while position < bytes.count {
      let end = lineEnd(from: position)
      body(position..<end)
      position = end + 1
    }
  }

  private func lineEnd(from position: Int) -> Int {
    bytes.withUnsafeBufferPointer { buffer in
      ByteSearch.first(UInt8(ascii: "\n"), in: buffer, from: position) ?? buffer.count
    }
  }

  private func row(_ line: Range<Int>) -> ViewRow { ViewRow(line: bytes[line]) }

  // MARK: Look-ups

  /// The rows that hold `text` in `column`, or among its items where it is a list.
  public func rows(where column: ViewColumn, is text: String) -> [ViewRow] {
    guard !text.isEmpty else { return [] }
    let quoted = Quoting.quote(ByteText.bytes(of: text))
    // Inside a quoted list the item stands without its own quotes.
    let needle = quoted.first == UInt8(ascii: "\"") ? Array(quoted.dropFirst().dropLast()) : quoted
    var found = candidates(needle) { $0.list(column).contains(text) }
    found += overlay.values.compactMap { $0 }.filter { $0.list(column).contains(text) }
    return found
  }

  /// The row of the project with this id.
  public func row(id: String) -> ViewRow? {
    if let row = overlay[id] { return row }
    return candidates(Array(id.utf8)) { $0.id == id }.first
  }

  /// The rows whose id begins with `prefix`.
  public func rows(idPrefix prefix: String) -> [ViewRow] {
    guard !prefix.isEmpty else { return [] }
    var found: [ViewRow] = []
    var lower = Array(prefix.utf8)
    // Ids begin their line, so the line end before them is part of what is looked for.
    lower.insert(UInt8(ascii: "\n"), at: 0)
    found += candidates(lower) { $0.id.hasPrefix(prefix) }
    found += overlay.values.compactMap { $0 }.filter { $0.id.hasPrefix(prefix) }
    return found
  }

  private func candidates(_ needle: [UInt8], _ matches: (ViewRow) -> Bool) -> [ViewRow] {
    var found: [ViewRow] = []
    let search = bytes.withUnsafeBufferPointer { ByteSearch(needle, in: $0) }
    var position = max(0, start - 1)
    while let line = line(found: search, from: position) {
      let row = row(line)
      if !overlay.keys.contains(row.id), matches(row) { found.append(row) }
      position = line.upperBound
    }
    return found
  }

  /// The first line at or behind `position` that holds what is looked for, or begins behind a line end that does.
  private func line(found search: ByteSearch, from position: Int) -> Range<Int>? {
    bytes.withUnsafeBufferPointer { buffer in
      let newline = UInt8(ascii: "\n")
      guard let place = search.first(in: buffer, from: position) else { return nil }
      let inside = buffer[place] == newline ? place + 1 : place
      let first = buffer[..<inside].lastIndex(of: newline).map { $0 + 1 } ?? 0
      return first..<(ByteSearch.first(newline, in: buffer, from: inside) ?? buffer.count)
    }
  }
}

extension View {
  /// The path of the project that `directory` is, or that is nearest around it.
  public func projectPath(around directory: FilePath) -> FilePath? {
    var path = directory
    while true {
      if !rows(where: .paths, is: path.text).isEmpty { return path }
      guard path.lastComponent != nil else { return nil }
      path = path.removingLastComponent()
    }
  }
}
