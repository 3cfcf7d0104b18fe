public import RegistryIndex

/// A picker between two keys: what was typed, where the pointer is, what is marked.
public struct PickerState: Sendable {
  /// What a key has led to.
  public enum Step: Sendable {
    /// Something else is to be shown.
    case shown
    /// These were picked; those that are not here are to be cloned.
    case picked([RowPlace])
    /// Nothing fits, and that was confirmed.
    case nothing
    /// The picker was left.
    case left
    /// Everything is to be drawn anew.
    case redraw
    /// The process is to be stopped for a while.
    case suspend
  }

  /// The line that is typed.
  public private(set) var line: QueryLine
  /// What fits it.
  public private(set) var list: PickList
  /// The pointer's index in the list.
  public private(set) var pointer = 0
  /// The index of the first row that is shown.
  public private(set) var top = 0
  /// What is marked, in the order in which it was.
  public private(set) var marked: [RowPlace] = []
  /// Whether the preview was asked for or sent away; nil where neither was.
  public private(set) var wantsPreview: Bool?
  /// The projects not on this machine that are asked about before they are cloned.
  public private(set) var cloning: [RowPlace] = []
  /// How many rows are shown.
  public private(set) var rows = 1
  private let takesMany: Bool
  private let needsPath: Bool

  /// - Parameters:
  ///   - query: what is typed from the start.
  ///   - takesMany: whether several may be marked.
  ///   - needsPath: whether what is picked has to be on this machine.
  public init(_ list: PickList, query: String, takesMany: Bool, needsPath: Bool) {
    self.list = list
    self.takesMany = takesMany
    self.needsPath = needsPath
    line = QueryLine(query)
    if !line.text.isEmpty { self.list.search(line.text) }
  }

  /// Makes room for so many rows.
  public mutating func resize(rows: Int) {
    self.rows = max(1, rows)
    scroll()
  }

  /// The rows that are shown, from ``top`` on.
  public mutating func shown() -> [RowPlace] {
    (top..<max(top, min(top + rows, list.count))).compactMap { list.place(at: $0) }
  }

  /// The row that the pointer is at.
  public mutating func current() -> RowPlace? { list.place(at: pointer) }

  /// Does what a key says.
  public mutating func press(_ key: Key, isPreviewShown: Bool = false) -> Step {
    if !cloning.isEmpty { return answer(key) }
    switch key {
    case .enter: return pick()
    case .leave: return .left
    case .deleteOrLeave where line.text.isEmpty: return .left
    case .up: move(to: pointer - 1)
    case .down: move(to: pointer + 1)
    case .pageUp: move(to: pointer - rows)
    case .pageDown: move(to: pointer + rows)
    case .mark, .markUp:
      guard takesMany, let place = current() else { break }
      if let index = marked.firstIndex(of: place) { marked.remove(at: index) } else { marked.append(place) }
      move(to: pointer + (key == .mark ? 1 : -1))
    case .preview: wantsPreview = !isPreviewShown
    case .redraw: return .redraw
    case .suspend: return .suspend
    default:
      if line.edit(key) == true {
        list.search(line.text)
        (pointer, top) = (0, 0)
      }
    }
    return .shown
  }

  private mutating func answer(_ key: Key) -> Step {
    switch key {
    case .text("y"), .text("Y"): return .picked(picks())
    case .text, .leave, .enter, .backspace:
      cloning = []
      return .shown
    case .redraw: return .redraw
    case .suspend: return .suspend
    default: return .shown
    }
  }

  private mutating func picks() -> [RowPlace] { marked.isEmpty ? current().map { [$0] } ?? [] : marked }

  private mutating func pick() -> Step {
    let picks = picks()
    if picks.isEmpty { return .nothing }
    let view = list.view
    cloning = needsPath ? picks.filter { view.row(at: $0).paths.isEmpty } : []
    return cloning.isEmpty ? .picked(picks) : .shown
  }

  private mutating func move(to index: Int) {
    pointer = max(0, min(index, list.count - 1))
    scroll()
  }

  private mutating func scroll() {
    if pointer < top { top = pointer }
    if pointer >= top + rows { top = pointer - rows + 1 }
    top = max(0, min(top, list.count - rows))
  }
}
