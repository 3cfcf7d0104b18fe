import ByteStrings
import Terminal

/// How a piece of a line looks.
struct Style {
  /// What is put before it: an SGR sequence, or nothing.
  let start: String

  static let plain = Style(start: "")
  static let dim = Style(start: "\u{1B}[2m")
  static let bold = Style(start: "\u{1B}[1m")

  /// What fits what was typed.
  static func match(_ hasColours: Bool) -> Style { Style(start: hasColours ? "\u{1B}[1;32m" : "\u{1B}[1;4m") }
  static func pointer(_ hasColours: Bool) -> Style { Style(start: hasColours ? "\u{1B}[1;36m" : "\u{1B}[1m") }

  static let end = "\u{1B}[0m"
}

/// A line of the screen as it grows, no wider than it may be.
///
/// Text goes into it through ``TerminalText``, and by whole characters: no wide one is cut in two, and a mark stays with its letter.
struct StyledLine {
  /// The line with its styles.
  private(set) var text = ""
  /// The columns that are left.
  private(set) var left: Int

  init(width: Int) { left = max(0, width) }

  /// Appends text; what is in `marked`, by bytes of the text as it is shown, looks like a match.
  mutating func append(
    _ text: String, _ style: Style = .plain, marked: Set<Int> = [], as match: Style = .plain
  ) {
    let safe = TerminalText.safe(text, .line)
    guard !safe.isEmpty, left > 0 else { return }
    var shown = ""
    var offset = 0
    var isMarked = false
    var used = 0
    let width = DisplayWidth.of(safe)
    for character in safe {
      let columns = DisplayWidth.of(String(character))
      if width > left, used + columns > left - 1 {
        shown += "…"
        used += 1
        break
      }
      if marked.contains(offset) != isMarked {
        isMarked.toggle()
        shown += Style.end + (isMarked ? match.start : style.start)
      }
      shown.append(character)
      used += columns
      offset += character.utf8.count
    }
    left -= used
    self.text += style.start + shown + (style.start.isEmpty && marked.isEmpty ? "" : Style.end)
  }

  /// Appends spaces.
  mutating func pad(_ columns: Int) {
    let count = max(0, min(columns, left))
    text += String(repeating: " ", count: count)
    left -= count
  }
}
