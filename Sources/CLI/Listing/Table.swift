import Terminal
import SystemSupport
import ByteStrings
public import RegistryIndex

/// Projects as a table for a terminal: columns as wide as what is in them, cut to the terminal's width.
public struct Table {
  /// The table's lines, the header first.
  public let lines: [String]

  /// - Parameter width: the terminal's columns; nil leaves every cell whole.
  public init(_ rows: [ViewRow], of view: View, width: Int?) {
    let home = Environment.home?.text
    var cells = [["NAME", "STATUS", "TYPE", "TAGS", "PATH", "MACHINES"]]
    for row in rows {
      cells.append([
        Quoting.visible(row.name), row[.status], row[.projectType],
        Quoting.visible(row.list(.tags).joined(separator: ",")),
        row.paths.first.map { Self.place($0, more: row.paths.count - 1, home) } ?? "(not here)",
        row.list(.machines).map { Quoting.visible(view.name(of: $0)) }.joined(separator: ","),
      ])
    }
    // A column that says nothing takes no room.
    let used = cells[0].indices.filter { column in
      rows.isEmpty || cells.dropFirst().contains { !$0[column].isEmpty }
    }
    let widths = used.map { column in cells.map { DisplayWidth.of($0[column]) }.max() ?? 0 }
    lines = cells.map { row in
      var line = ""
      for (index, column) in used.enumerated() {
        let padding = index == used.count - 1 ? 0 : widths[index] - DisplayWidth.of(row[column]) + 2
        line += row[column] + String(repeating: " ", count: padding)
      }
      return width.map { DisplayWidth.cut(line, to: $0) } ?? line
    }
  }

  private static func place(_ path: String, more: Int, _ home: String?) -> String {
    var shown = path
    if let home, path == home || path.hasPrefix(home + "/") { shown = "~" + path.dropFirst(home.count) }
    return Quoting.visible(shown) + (more > 0 ? " (+\(more))" : "")
  }
}
