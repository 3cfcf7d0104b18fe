public import SystemSupport
import ByteStrings
import Registry

/// The registry's main as one line a project: `cache/projects.tsv`, derived and safe to delete.
///
/// The first line is `dev-infra-view FORMAT COMMIT MACHINE CHECKSUM`. Lines `@ID<TAB>NAME` with the machines' names
/// follow, and then the projects, sorted by id, with the columns of ``ViewColumn`` between tabs, quoted as git quotes.
/// Columns are decoded when they are asked for, so that a look-up among 100,000 costs a search and one row.
public struct View: Sendable {
  /// The format this version reads and writes; another one is brought up to date, not read.
  ///
  /// It counts also the rules by which URLs are compared (`RemoteURL.normalized`), since a column holds their result: a view made by
  /// other rules would not find the project of a URL.
  static let format = "6"

  /// The commit whose projects these are.
  public let commit: String
  /// The machine whose paths these are.
  public let machine: String
  private let names: WrittenMachines
  let bytes: FileBytes
  /// Where in the file the rows begin.
  let start: Int
  let indexes = ColumnIndexes()
  let vain = VainSearch()

  /// Bytes of a view's file that are looked at, or written, at a time where all are.
  static let piece = 1 << 20

  /// The view's file.
  public var contents: FileBytes { bytes }

  /// The view's file, whole and in memory.
  public var file: [UInt8] { bytes.array }

  /// Reads the view's file.
  ///
  /// - Returns: nil when it is not a view of this format, cut short, or damaged.
  public init?(_ file: [UInt8]) { self.init(FileBytes(file)) }

  /// As ``init(_:)-([UInt8])``, of a file that is mapped.
  public init?(_ bytes: FileBytes) {
    guard let header = ViewHeader(unchecked: bytes), header.isWhole(bytes) else { return nil }
    self.init(bytes, header)
  }

  /// As ``init(_:)-(FileBytes)``, of a file that is whole.
  init?(_ bytes: FileBytes, _ header: ViewHeader) {
    commit = header.commit
    machine = header.machine
    let names = header.end
    var position = header.end
    let size = bytes.count
    while position < size, bytes.withUnsafeBytes({ $0[position] == UInt8(ascii: "@") }) {
      let lineEnd = bytes.withUnsafeBufferPointer {
        ByteSearch.first(UInt8(ascii: "\n"), in: $0, from: position)
      }
      guard let lineEnd else { return nil }
      position = lineEnd + 1
    }
    self.names = WrittenMachines(bytes[names..<position])
    self.bytes = bytes
    start = position
  }

  /// A view of a file that has just been written.
  ///
  /// - Parameter names: where the lines with the machines' names begin.
  init(file: FileBytes, names: Int, start: Int, commit: String, machine: String) {
    bytes = file
    self.start = start
    self.commit = commit
    self.machine = machine
    self.names = WrittenMachines(file[names..<start])
  }

  /// Names by machine id.
  public var machineNames: [String: String] { names.all }

  /// What a machine is called: its name, with the beginning of its id where another has the same; its id where it has none.
  public func name(of machine: String) -> String { names.shown[machine] ?? machine }

  /// Every row, sorted by id.
  public var rows: [ViewRow] {
    var rows: [ViewRow] = []
    walk { row, _ in rows.append(row) }
    return rows
  }

  /// Calls `body` with every row, sorted by id. What has been passed is not kept in memory.
  public func eachRow(_ body: (ViewRow) throws -> Void) rethrows {
    var released = 0
    try walk { row, end in
      try body(row)
      guard end - released >= Self.piece else { return }
      bytes.release(released..<end)
      released = end
    }
  }

  /// Gives back the memory of all that was read, for a caller that holds rows and is done with most of them; they are read again
  /// when they are asked for.
  public func release() { bytes.release(0..<bytes.count) }

  /// Calls `body` with every row and where it ends.
  private func walk(_ body: (ViewRow, Int) throws -> Void) rethrows {
    var position = start
    while position < bytes.count {
      let end = lineEnd(from: position)
      try body(row(position..<end), end)
      position = end + 1
    }
  }

  func lineEnd(from position: Int) -> Int {
    bytes.withUnsafeBufferPointer { buffer in
      ByteSearch.first(UInt8(ascii: "\n"), in: buffer, from: position) ?? buffer.count
    }
  }

  func row(_ line: Range<Int>) -> ViewRow { ViewRow(line: bytes[line]) }
}
