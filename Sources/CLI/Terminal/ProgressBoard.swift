import SystemSupport
import ByteStrings

/// A line on stderr for each of several things that are under way at once; only where that is a terminal.
public final class ProgressBoard {
  private let width: Int?
  private var lines: [(name: String, text: String)] = []
  private var shown = 0
  private var last = 0.0

  /// A board with no lines.
  public init() {
    let canMove = Environment["TERM"].map { $0 != "dumb" && !$0.isEmpty } ?? false
    width = canMove ? Terminal.width(of: 2) : nil
  }

  /// Whether anything is shown at all.
  public var isShown: Bool { width != nil }

  /// Shows `text` behind `name`; its line appears when it has none.
  public func set(_ name: String, _ text: String) {
    guard isShown else { return }
    if let index = lines.firstIndex(where: { $0.name == name }) {
      lines[index].text = text
    } else {
      lines.append((name, text))
    }
    let now = Clock.monotonicSeconds
    if now - last > 0.1 {
      last = now
      redraw()
    }
  }

  /// Takes the line of `name` away.
  public func remove(_ name: String) {
    guard isShown else { return }
    lines.removeAll { $0.name == name }
    redraw()
  }

  /// Takes all lines off the terminal, so that others can be written; the next change shows them again.
  public func clear() {
    guard shown > 0 else { return }
    write("\u{1B}[\(shown)A\u{1B}[J")
    shown = 0
  }

  private func redraw() {
    guard let width else { return }
    var text = shown > 0 ? "\u{1B}[\(shown)A\u{1B}[J" : ""
    for line in lines {
      text +=
        DisplayWidth.cut("\(Quoting.visible(line.name)): \(Quoting.visible(line.text))", to: width - 1) + "\n"
    }
    shown = lines.count
    write(text)
  }

  private func write(_ text: String) { try? Files.write(Array(text.utf8), to: 2, name: "stderr") }
}
