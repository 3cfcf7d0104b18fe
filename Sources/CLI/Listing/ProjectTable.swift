import Terminal
import SystemSupport
import ByteStrings
import Registry
public import RegistryIndex

/// Projects as a table for a terminal: columns as wide as what is in them, where the terminal is as wide. Projects that
/// share a name are shown with as much of `host/owner/name` as sets them apart.
public struct ProjectTable {
  private let columns: [ListAtom]
  private let cells: [[String]]
  private let styles: [[Colours.Style?]]
  private var used: [Int]
  private var widths: [Int]

  /// - Parameters:
  ///   - columns: those that a person asked for, in this order; nil for the usual ones, of which one that says nothing takes
  ///     no room.
  ///   - values: has read what the columns need.
  ///   - width: the terminal's columns; nil leaves every cell whole.
  public init(
    _ rows: [ViewRow], of view: View, _ asked: [ListAtom]?, _ values: ListValues, width: Int?
  ) {
    let columns = asked ?? ListAtom.usual
    let home = Environment.home?.text
    let owners = view.ownersOfSharedNames(in: rows)
    var cells = [columns.map(\.heading)]
    var styles: [[Colours.Style?]] = [columns.map { _ in .bold }]
    for row in rows {
      cells.append(
        columns.map { column in
          if column.isRow(.name) { return Quoting.visible(owners[row.id] ?? row.name) }
          if column.isRow(.path) {
            return row.paths.first.map { Self.place($0, home) + Self.more(row.paths.count - 1) }
              ?? "(not here)"
          }
          if column.isRow(.paths) { return row.paths.map { Self.place($0, home) }.joined(separator: ",") }
          return values.cell(column, of: row)
        })
      let isAway = row.isEmpty(.paths)
      styles.append(columns.map { isAway ? .dim : Self.style(of: $0, row) })
    }
    self.columns = columns
    self.cells = cells
    self.styles = styles
    used = columns.indices.filter { column in
      asked != nil || rows.isEmpty || cells.dropFirst().contains { !$0[column].isEmpty }
    }
    widths = columns.indices.map { column in cells.map { DisplayWidth.of($0[column]) }.max() ?? 0 }
    if let width { fit(to: width, isUsual: asked == nil) }
  }

  /// The table's lines, the header first, with a newline behind each.
  public func text(hasColours: Bool) -> String {
    var text = ""
    for (cells, styles) in zip(cells, styles) {
      for (index, column) in used.enumerated() {
        // What tells paths apart is their end.
        let cell =
          columns[column].isPath
          ? DisplayWidth.cutBeginning(of: cells[column], to: widths[column])
          : DisplayWidth.cut(cells[column], to: widths[column])
        text += hasColours ? Colours.styled(cell, styles[column]) : cell
        if index < used.count - 1 {
          text += String(repeating: " ", count: max(0, widths[column] - DisplayWidth.of(cell)) + Table.gap)
        }
      }
      text += "\n"
    }
    return text
  }

  /// Makes columns narrower until they fit, and leaves some out where that is not enough. A project's name and the end of its
  /// path are what the list is for: they give way last.
  private mutating func fit(to width: Int, isUsual: Bool) {
    func excess() -> Int { used.reduce((used.count - 1) * Table.gap) { $0 + widths[$1] } - width }
    func narrow(_ column: Int, _ least: Int) {
      if used.contains(column), excess() > 0 {
        widths[column] = max(min(least, widths[column]), widths[column] - excess())
      }
    }
    let names = columns.indices.filter { columns[$0].isRow(.name) }
    let paths = columns.indices.filter { columns[$0].isPath }
    let others = columns.indices.filter { !names.contains($0) && !paths.contains($0) }
    for column in others.reversed() { narrow(column, 12) }
    for column in paths { narrow(column, 30) }
    // Those that were asked for stand in the order in which they matter; of the usual ones the status says most.
    let first: [RowAtom] = isUsual ? [.projectType, .tags, .machines, .status] : []
    let leaving =
      first.compactMap { atom in others.first { columns[$0].isRow(atom) } }
      + (isUsual ? [] : others.reversed())
    for column in leaving where excess() > 0 && used.count > 1 { used.removeAll { $0 == column } }
    for least in [16, 8] {
      for column in paths { narrow(column, least) }
      for column in names { narrow(column, least) }
    }
    for column in paths.reversed() where excess() > 0 && used.count > 1 { used.removeAll { $0 == column } }
    for column in columns.indices { narrow(column, 1) }
    while excess() > 0, used.count > 1 { used.removeLast() }
  }

  private static func place(_ path: String, _ home: String?) -> String {
    Quoting.visible(HomePath.short(path, home: home))
  }

  private static func more(_ count: Int) -> String { count > 0 ? " (+\(count))" : "" }

  private static func style(of column: ListAtom, _ row: ViewRow) -> Colours.Style? {
    switch column.source {
    case .row(.status):
      switch ProjectStatus(rawValue: row[.status]) {
      case .active: return .green
      case .paused: return .yellow
      case .completed, .cancelled, nil: return .dim
      }
    case .row(.tags): return .cyan
    case .row, .rank, .lastUse, .told: return nil
    case .state(let field):
      switch field {
      case .conflicted, .busy, .missing: return .red
      case .dirty, .staged, .changed, .gone: return .yellow
      case .ahead, .unpushed: return .green
      case .untracked, .stashed, .behind, .noremote, .detached: return .cyan
      case .branch, .lastCommit, .lastFetch: return nil
      }
    }
  }
}

extension ListAtom {
  fileprivate var isPath: Bool { isRow(.path) || isRow(.paths) }
}
