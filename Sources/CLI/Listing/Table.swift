import Terminal

/// A table of anything but projects: an empty column takes no room, and a line wider than the terminal is cut off.
public struct Table {
  /// Columns between two columns of a table.
  static let gap = 2

  /// The table's lines, the header first.
  public let lines: [String]

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
      }.joined(separator: String(repeating: " ", count: Self.gap))
      return width.map { DisplayWidth.cut(line, to: $0) } ?? line
    }
  }
}
