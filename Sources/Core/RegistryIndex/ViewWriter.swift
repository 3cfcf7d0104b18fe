import SystemSupport
import ByteStrings

/// Writes the view's file, row by row in the order of their ids.
public struct ViewWriter {
  private let machineNames: [String: String]
  private var body: [UInt8] = []
  /// Where in the body the rows begin.
  private let rows: Int

  /// Begins a file with the machines' names, by id.
  ///
  /// - Parameter capacity: about how many bytes it will have.
  public init(machineNames: [String: String], capacity: Int = 0) {
    self.machineNames = machineNames
    var body: [UInt8] = []
    body.reserveCapacity(capacity)
    for (id, name) in machineNames.sorted(by: { $0.key < $1.key }) {
      body += Array("@\(id)\t".utf8) + Quoting.quote(ByteText.bytes(of: name)) + [UInt8(ascii: "\n")]
    }
    rows = body.count
    self.body = body
  }

  /// Appends a row; its id comes after those of all before.
  public mutating func append(_ row: ViewRow) { row.append(to: &body) }

  /// Appends rows as they stand in a view's file.
  mutating func append(lines: FileBytes) { lines.withUnsafeBytes { body += $0 } }

  /// The view with these rows, of `commit` on `machine`.
  public consuming func view(commit: String, machine: String) -> View {
    let checksum = body.withUnsafeBytes { ViewHeader.checksum($0, from: 0) }
    let header = "dev-infra-view \(View.format) \(commit) \(machine) \(checksum)\n"
    body.insert(contentsOf: header.utf8, at: 0)
    return View(
      file: body, start: header.utf8.count + rows, commit: commit, machine: machine,
      machineNames: machineNames)
  }
}

extension View {
  /// The file with these rows.
  ///
  /// - Parameter rows: sorted by id.
  public static func file(
    commit: String, machine: String, machineNames: [String: String], rows: some Sequence<ViewRow>
  ) -> [UInt8] {
    var writer = ViewWriter(machineNames: machineNames)
    for row in rows { writer.append(row) }
    return writer.view(commit: commit, machine: machine).file
  }

  /// The same view with other rows for these ids, nil where a project is gone, as the view of another commit.
  public func replacing(
    _ rows: [String: ViewRow?], commit: String, machineNames: [String: String]
  ) -> View {
    // A little more than the file has: what comes in is seldom much.
    var writer = ViewWriter(machineNames: machineNames, capacity: bytes.count + 512 * (rows.count + 2))
    var position = start
    for (id, row) in rows.sorted(by: { $0.key < $1.key }) {
      let line = place(of: Array(id.utf8))
      writer.append(lines: bytes[position..<line.lowerBound])
      if let row { writer.append(row) }
      position = line.upperBound
    }
    writer.append(lines: bytes[position..<bytes.count])
    return writer.view(commit: commit, machine: machine)
  }
}
