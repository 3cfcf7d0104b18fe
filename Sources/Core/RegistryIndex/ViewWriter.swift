public import SystemSupport
import ByteStrings

/// Writes the view's file, row by row in the order of their ids: into memory, or into a file piece by piece.
public struct ViewWriter {
  private let commit: String
  private let machine: String
  /// Where it goes; nil for memory.
  private let file: UnfinishedFile?
  /// Why something could not be written there.
  private var failure: SystemError?
  private var checksum = ViewChecksum()
  /// The whole of it, or of a file the piece that is put together.
  private var body: [UInt8] = []
  /// Bytes of the first line, whose place is kept: what it says is known at the end.
  private let head: Int
  /// Where the rows begin.
  private let rows: Int

  /// Begins the view of a commit on a machine.
  ///
  /// - Parameters:
  ///   - machineNames: the machines' names, by id.
  ///   - file: where it is written to; nil for memory.
  ///   - capacity: about how many bytes it will have in memory.
  public init(
    commit: String, machine: String, machineNames: [String: String], to file: UnfinishedFile? = nil,
    capacity: Int = 0
  ) {
    self.commit = commit
    self.machine = machine
    self.file = file
    let head = ViewHeader.line(
      commit: commit, machine: machine, checksum: String(repeating: "0", count: 16))
    var body: [UInt8] = []
    body.reserveCapacity(file == nil ? capacity : Self.room)
    if file == nil { body += head }
    for (id, name) in machineNames.sorted(by: { $0.key < $1.key }) {
      body += Array("@\(id)\t".utf8) + Quoting.quote(ByteText.bytes(of: name)) + [UInt8(ascii: "\n")]
    }
    self.head = head.count
    rows = (file == nil ? 0 : head.count) + body.count
    self.body = body
    write(head)
  }

  /// Bytes of a piece, which are a multiple of what the checksum takes, and a long row.
  private static let room = View.piece + (64 << 10)

  /// Appends a row; its id comes after those of all before.
  public mutating func append(_ row: ViewRow) {
    row.append(to: &body)
    writePiece()
  }

  /// Appends rows as they stand in a view's file, ends included.
  public mutating func append(lines: UnsafeRawBufferPointer) {
    body.append(contentsOf: lines)
    writePiece()
  }

  private mutating func write(_ bytes: [UInt8]) {
    guard let file, failure == nil else { return }
    do throws(SystemError) { try file.append(bytes) } catch { failure = error }
  }

  private mutating func writePiece() {
    guard file != nil, body.count >= View.piece else { return }
    let count = body.count / ViewChecksum.step * ViewChecksum.step
    body.withUnsafeBytes { checksum.add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    let rest = Array(body[count...])
    body.removeSubrange(count...)
    write(body)
    body.removeAll(keepingCapacity: true)
    body += rest
  }

  /// The view with these rows.
  ///
  /// - Throws: why it could not be written to its file.
  public mutating func view() throws(SystemError) -> View {
    guard let file else { return viewInMemory() }
    write(body)
    if let failure { throw failure }
    try file.write(finishedHeader(), at: 0)
    return view(of: try file.mapped())
  }

  /// As ``view()``, of one that is written to no file.
  mutating func viewInMemory() -> View {
    let header = finishedHeader()
    // If something else held the array too, writing the first line would copy all of it.
    var bytes: [UInt8] = []
    swap(&bytes, &body)
    bytes.withUnsafeMutableBytes { $0.copyBytes(from: header) }
    return view(of: FileBytes(bytes))
  }

  private func finishedHeader() -> [UInt8] {
    let (checksum, start) = (checksum, file == nil ? head : 0)
    return ViewHeader.line(
      commit: commit, machine: machine,
      checksum: body.withUnsafeBytes {
        checksum.text(endingWith: UnsafeRawBufferPointer(rebasing: $0[start...]))
      })
  }

  private func view(of bytes: FileBytes) -> View {
    View(
      file: bytes, names: head, start: rows, commit: commit, machine: machine)
  }
}

extension View {
  /// The file with these rows.
  ///
  /// - Parameter rows: sorted by id.
  public static func file(
    commit: String, machine: String, machineNames: [String: String], rows: some Sequence<ViewRow>
  ) -> [UInt8] {
    var writer = ViewWriter(commit: commit, machine: machine, machineNames: machineNames)
    for row in rows { writer.append(row) }
    return writer.viewInMemory().file
  }

  /// The same view with other rows for these ids, nil where a project is gone, as the view of another commit.
  public func replacing(
    _ rows: [String: ViewRow?], commit: String, machineNames: [String: String]
  ) -> View {
    // A little more than the file has: what comes in is seldom much.
    var writer = ViewWriter(
      commit: commit, machine: machine, machineNames: machineNames,
      capacity: bytes.count + 512 * (rows.count + 2))
    var position = start
    for (id, row) in rows.sorted(by: { $0.key < $1.key }) {
      let line = place(of: Array(id.utf8))
      bytes[position..<line.lowerBound].withUnsafeBytes { writer.append(lines: $0) }
      if let row { writer.append(row) }
      position = line.upperBound
    }
    bytes[position..<bytes.count].withUnsafeBytes { writer.append(lines: $0) }
    return writer.viewInMemory()
  }
}
