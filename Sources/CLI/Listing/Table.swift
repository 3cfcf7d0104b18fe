import Terminal
import SystemSupport
import ByteStrings
public import RegistryIndex

/// Columns between two columns of a table.
private let gap = 2

/// Projects as a table for a terminal: columns as wide as what is in them, where the terminal is as wide. Of projects with
/// one name each is called by as much of `host/owner/name` as tells it from the others.
public struct Table {
  /// The table's lines, the header first.
  public let lines: [String]

  /// - Parameter width: the terminal's columns; nil leaves every cell whole.
  public init(_ rows: [ViewRow], of view: View, width: Int?) {
    let home = Environment.home?.text
    let owners = view.ownersOfSharedNames(in: rows)
    var cells = [["NAME", "STATUS", "TYPE", "TAGS", "PATH", "MACHINES"]]
    for row in rows {
      cells.append([
        Quoting.visible(owners[row.id] ?? row.name), row[.status], row[.projectType],
        Quoting.visible(row.list(.tags).joined(separator: ",")),
        row.paths.first.map { Self.place($0, more: row.paths.count - 1, home) } ?? "(not here)",
        row.list(.machines).map { Quoting.visible(view.name(of: $0)) }.joined(separator: ","),
      ])
    }
    // A column that says nothing takes no room.
    var used = cells[0].indices.filter { column in
      rows.isEmpty || cells.dropFirst().contains { !$0[column].isEmpty }
    }
    var widths = cells[0].indices.map { column in cells.map { DisplayWidth.of($0[column]) }.max() ?? 0 }
    if let width { Self.fit(&used, &widths, to: width) }
    lines = cells.map { row in
      var line = ""
      for (index, column) in used.enumerated() {
        // What tells paths apart is their end.
        let cell =
          column == Self.path
          ? DisplayWidth.cutBeginning(of: row[column], to: widths[column])
          : DisplayWidth.cut(row[column], to: widths[column])
        let padding = index == used.count - 1 ? 0 : widths[column] - DisplayWidth.of(cell) + gap
        line += cell + String(repeating: " ", count: padding)
      }
      return line
    }
  }

  /// A table of other things than projects: a column that says nothing takes no room, and what is wider than the terminal is
  /// cut off.
  ///
  /// - Parameters:
  ///   - rows: as many cells in each as there are heads.
  ///   - width: the terminal's columns; nil leaves every line whole.
  public init(heads: [String], _ rows: [[String]], width: Int?) {
    let used = heads.indices.filter { column in rows.contains { !$0[column].isEmpty } }
    let cells = [heads] + rows
    let widths = heads.indices.map { column in cells.map { DisplayWidth.of($0[column]) }.max() ?? 0 }
    lines = cells.map { row in
      let line = used.map { column in
        let padding = column == used.last ? 0 : widths[column] - DisplayWidth.of(row[column])
        return row[column] + String(repeating: " ", count: padding)
      }.joined(separator: String(repeating: " ", count: gap))
      return width.map { DisplayWidth.cut(line, to: $0) } ?? line
    }
  }

  private static let (name, status, type, tags, path, machines) = (0, 1, 2, 3, 4, 5)

  /// Makes columns narrower until they fit, and leaves some out where that is not enough. A project's name and the end of its
  /// path are what the list is for: they give way last.
  private static func fit(_ used: inout [Int], _ widths: inout [Int], to width: Int) {
    func excess() -> Int { used.reduce((used.count - 1) * gap) { $0 + widths[$1] } - width }
    func narrow(_ column: Int, _ least: Int) {
      if used.contains(column), excess() > 0 {
        widths[column] = max(min(least, widths[column]), widths[column] - excess())
      }
    }
    narrow(machines, 12)
    narrow(tags, 12)
    narrow(path, 30)
    for column in [type, tags, machines, status] where excess() > 0 { used.removeAll { $0 == column } }
    narrow(path, 16)
    narrow(name, 16)
    narrow(path, 8)
    narrow(name, 8)
    if excess() > 0 { used.removeAll { $0 == path } }
    narrow(name, 1)
  }

  private static func place(_ path: String, more: Int, _ home: String?) -> String {
    var shown = path
    if let home, path == home || path.begins(with: home + "/") { shown = "~" + path.dropFirst(home.count) }
    return Quoting.visible(shown) + (more > 0 ? " (+\(more))" : "")
  }
}
