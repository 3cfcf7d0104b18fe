import ByteStrings
public import Picker
public import RegistryIndex
import Terminal

/// Where the parts of a picker are on a terminal of some size: the line that is typed, how many there are, the list, and the preview
/// beside it where there is room, else below it.
struct PickerLayout: Equatable {
  let columns: Int
  let rows: Int
  /// Columns and rows of the list.
  let list: (columns: Int, rows: Int)
  /// Where the preview begins, counted from 0, and its size; nil where it is not shown.
  let preview: (column: Int, row: Int, columns: Int, rows: Int)?

  /// - Parameter wantsPreview: whether a person has asked for it, or sent it away.
  init(columns: Int, rows: Int, wantsPreview: Bool?) {
    self.columns = max(1, columns)
    self.rows = max(1, rows)
    let room = self.rows - 2
    if wantsPreview != false, columns >= 100, room >= 3 {
      // Longer names than this are rare, and what is left is for the preview.
      let width = min(columns * 45 / 100, 90)
      list = (width, room)
      preview = (width + 2, 0, columns - width - 3, self.rows)
    } else if wantsPreview ?? (columns >= 60 && self.rows >= 18), room >= 8 {
      let height = max(3, self.rows / 3)
      list = (columns - 1, room - height - 1)
      preview = (0, self.rows - height, columns - 1, height)
    } else {
      list = (self.columns - 1, max(0, room))
      preview = nil
    }
  }

  static func == (left: PickerLayout, right: PickerLayout) -> Bool {
    (left.columns, left.rows, left.list.columns, left.list.rows) == (
      right.columns, right.rows, right.list.columns, right.list.rows
    )
  }
}

/// What a picker shows, line by line, and where its cursor is.
public struct PickerFrame {
  /// The lines of the screen, first to last; each ends where the next part begins or the line does.
  public private(set) var lines: [String] = []
  /// The cursor, counted from 0.
  public private(set) var cursor: (column: Int, row: Int) = (0, 0)

  /// Draws a picker.
  ///
  /// - Parameters:
  ///   - state: what is to be drawn; its list gets as many rows as there is room for.
  ///   - size: columns and rows of the terminal.
  ///   - home: the home directory, for which `~` stands.
  ///   - hasColours: whether colours may be used; what is bold, underlined and dim is seen without.
  ///   - preview: the lines for the project that the pointer is at.
  public init(
    _ state: inout PickerState, size: (columns: Int, rows: Int), home: String?, hasColours: Bool,
    preview: (ViewRow) -> [String]
  ) {
    let layout = PickerLayout(columns: size.columns, rows: size.rows, wantsPreview: state.wantsPreview)
    state.resize(rows: layout.list.rows)
    let view = state.list.view
    head(state, layout, hasColours, in: view)
    let shown = layout.list.rows > 0 ? state.shown() : []
    let rows = shown.map { view.row(at: $0) }
    let owners = view.ownersOfSharedNames(in: rows)
    for (index, row) in rows.enumerated() {
      lines.append(
        Self.entry(
          row, called: owners[row.id] ?? row.name, in: state, view, width: layout.list.columns,
          isCurrent: state.top + index == state.pointer, isMarked: state.marked.contains(shown[index]),
          home: home,
          hasColours: hasColours))
    }
    while lines.count < layout.rows { lines.append("") }
    lines = Array(lines.prefix(layout.rows))
    guard let place = layout.preview else { return }
    let texts = state.current().map { preview(view.row(at: $0)) } ?? []
    if place.column > 0 {
      for row in 0..<min(place.rows, lines.count) {
        var line = StyledLine(width: place.columns)
        if row < texts.count { line.append(texts[row]) }
        lines[row] +=
          "\u{1B}[\(row + 1);\(place.column)H" + Style.dim.start + "│" + Style.end + " " + line.text
      }
    } else {
      lines[place.row - 1] = Style.dim.start + String(repeating: "─", count: place.columns) + Style.end
      for row in 0..<place.rows where place.row + row < lines.count {
        var line = StyledLine(width: place.columns)
        if row < texts.count { line.append(texts[row]) }
        lines[place.row + row] = line.text
      }
    }
  }

  private mutating func head(
    _ state: PickerState, _ layout: PickerLayout, _ hasColours: Bool, in view: View
  ) {
    let width = layout.list.columns
    var line = StyledLine(width: width)
    if let first = state.cloning.first {
      let name = Quoting.visible(view.row(at: first).name)
      let what =
        state.cloning.count == 1
        ? "\(name) is not here. Clone it?" : "\(state.cloning.count) are not here. Clone them?"
      let question = " [y/N] "
      line.append(DisplayWidth.cut(what, to: max(2, width - question.count)), .bold)
      line.append(question)
      lines.append(line.text)
    } else {
      line.append("> ", .pointer(hasColours))
      let before = TerminalText.safe(state.line.beforeCursor, .line)
      // The cursor stays in sight.
      let typed = DisplayWidth.cutBeginning(of: before, to: max(2, width - 4))
      line.append(typed)
      cursor = (min(width, width - line.left), 0)
      line.append(state.line.behindCursor)
      lines.append(line.text)
    }
    if !state.cloning.isEmpty { cursor = (min(width, width - line.left), 0) }
    if layout.rows > 1 {
      var counts = StyledLine(width: width)
      let marked = state.marked.isEmpty ? "" : " (\(state.marked.count) marked)"
      counts.append("  \(state.list.count)/\(state.list.total)\(marked)", .dim)
      lines.append(counts.text)
    }
  }

  private static func entry(
    _ row: ViewRow, called name: String, in state: PickerState, _ view: View, width: Int, isCurrent: Bool,
    isMarked: Bool,
    home: String?, hasColours: Bool
  ) -> String {
    var line = StyledLine(width: width)
    line.append(isCurrent ? ">" : " ", isCurrent ? .pointer(hasColours) : .plain)
    line.append(isMarked ? "*" : " ", .pointer(hasColours))
    let isHere = !row.paths.isEmpty
    let base: Style = !isHere ? .dim : isCurrent ? .bold : .plain
    let match = Style.match(hasColours)
    let shown = TerminalText.safe(name, .line)
    line.append(name, base, marked: state.list.positions(in: Array(shown.utf8)), as: match)
    let detail = isHere ? place(row, home) : absence(row, view)
    // A word of less than this says nothing.
    if line.left >= 10 {
      line.pad(max(2, min(28, width / 3) - (width - line.left)))
      let text = TerminalText.safe(detail, .line)
      let cut = isHere ? DisplayWidth.cutBeginning(of: text, to: line.left) : text
      line.append(cut, .dim, marked: isHere ? state.list.positions(in: Array(cut.utf8)) : [], as: match)
    }
    return line.text
  }

  private static func place(_ row: ViewRow, _ home: String?) -> String {
    row.paths.first.map { HomePath.short($0, home: home) } ?? ""
  }

  private static func absence(_ row: ViewRow, _ view: View) -> String {
    let machines = row.list(.machines).map { view.name(of: $0) }.joined(separator: ", ")
    return machines.isEmpty ? "(not here)" : "(not here: \(machines))"
  }
}
