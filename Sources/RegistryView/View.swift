import Platform
import Records
import Registry
public import SystemPackage

/// The registry's main as one line a project: `cache/projects.tsv`, derived and safe to delete.
///
/// The first line is `dev-infra-view FORMAT COMMIT MACHINE CHECKSUM`. Lines `@ID<TAB>NAME` with the machines' names
/// follow, and then the projects, sorted by id, with the columns of ``ViewColumn`` between tabs, quoted as git quotes.
/// Rows are decoded when they are asked for, so that a look-up among 100,000 costs a search and one row.
public struct View: Sendable {
  /// The format this version reads and writes; another one is brought up to date, not read.
  static let format = "1"

  /// The commit whose projects these are.
  public let commit: String
  /// The machine whose paths these are.
  public let machine: String
  /// Names by machine id.
  public let machineNames: [String: String]
  private let bytes: [UInt8]
  private let start: Int
  /// Rows that stand in for those of the file, by id; nil where the project is gone.
  private var overlay: [String: ViewRow?] = [:]

  /// Reads the view's file.
  ///
  /// - Returns: nil when it is no view of this format, cut short, or damaged.
  public init?(_ file: [UInt8]) {
    guard let end = file.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    let words = file[..<end].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    guard words.count == 5, words[0] == "dev-infra-view", words[1] == Self.format,
      words[4] == Self.checksum(file, from: end + 1)
    else { return nil }
    commit = words[2]
    machine = words[3]
    var names: [String: String] = [:]
    var position = end + 1
    while position < file.count, file[position] == UInt8(ascii: "@") {
      guard let lineEnd = file[position...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      let fields = Self.fields(of: file[(position + 1)..<lineEnd])
      guard fields.count == 2 else { return nil }
      names[fields[0]] = fields[1]
      position = lineEnd + 1
    }
    machineNames = names
    bytes = file
    start = position
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
    for row in rows { append(row, to: &body) }
    return Array("dev-infra-view \(format) \(commit) \(machine) \(checksum(body, from: 0))\n".utf8) + body
  }

  private static func append(_ row: ViewRow, to body: inout [UInt8]) {
    for column in ViewColumn.allCases {
      if column.rawValue > 0 { body.append(UInt8(ascii: "\t")) }
      let text = row[column]
      if !text.isEmpty { body += Quoting.quote(ByteText.bytes(of: text)) }
    }
    body.append(UInt8(ascii: "\n"))
  }

  /// FNV-1a over the 64-bit words of `bytes[from...]` and then its last bytes: it finds damage, not malice.
  private static func checksum(_ bytes: [UInt8], from: Int) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    bytes.withUnsafeBytes { buffer in
      var index = from
      while index + 8 <= buffer.count {
        hash =
          (hash ^ UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
          &* 0x100_0000_01b3
        hash ^= hash >> 29
        index += 8
      }
      while index < buffer.count {
        hash = (hash ^ UInt64(buffer[index])) &* 0x100_0000_01b3
        index += 1
      }
    }
    return String(hash, radix: 16)
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
      let row = decode(line)
      if !overlay.keys.contains(row.id) { rows.append(row) }
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
      var end = position
      while end < buffer.count, buffer[end] != UInt8(ascii: "\n") { end += 1 }
      return end
    }
  }

  private func decode(_ line: Range<Int>) -> ViewRow { ViewRow(texts: Self.fields(of: bytes[line])) }

  private static func fields(of line: ArraySlice<UInt8>) -> [String] {
    line.withUnsafeBufferPointer { buffer in
      var fields: [String] = []
      fields.reserveCapacity(ViewColumn.allCases.count)
      var position = 0
      while position <= buffer.count {
        var end = position
        while end < buffer.count, buffer[end] != UInt8(ascii: "\t") { end += 1 }
        let field = UnsafeBufferPointer(rebasing: buffer[position..<end])
        if field.first == UInt8(ascii: "\"") {
          fields.append(ByteText.string(from: Quoting.unquote(field) ?? []))
        } else {
          fields.append(field.isEmpty ? "" : String(decoding: field, as: UTF8.self))
        }
        position = end + 1
      }
      return fields
    }
  }

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
    let search = ByteSearch(needle)
    var position = max(0, start - 1)
    while true {
      guard let place = bytes.withUnsafeBufferPointer({ search.first(in: $0, from: position) }) else { break }
      let inside = bytes[place] == UInt8(ascii: "\n") ? place + 1 : place
      let lineStart = bytes[..<inside].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      let end = lineEnd(from: inside)
      let row = decode(lineStart..<end)
      if !overlay.keys.contains(row.id), matches(row) { found.append(row) }
      position = end
    }
    return found
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
