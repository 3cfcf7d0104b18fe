import SystemSupport
import ByteStrings

/// A line on stderr for each of several things that are under way at once, and one that counts them; only where that is a terminal.
///
/// It is never higher or wider than the terminal, whose size may change meanwhile.
public final class ProgressBoard {
  /// How many things there are in all; 0 where that is not known, and nothing is counted.
  public var total = 0
  private var done: Set<String> = []
  private var lines: [(name: String, text: String)] = []
  private var shown = 0
  private var last = 0.0

  /// Whether anything is shown at all.
  public let isShown: Bool

  /// A board with no lines.
  ///
  /// - Parameter quiet: never shown.
  public init(quiet: Bool = false) {
    let canMove = Environment["TERM"].map { $0 != "dumb" && !$0.isEmpty } ?? false
    isShown = !quiet && canMove && Terminal.isTerminal(2)
  }

  /// Shows `text` behind `name`; its line appears when it has none.
  public func set(_ name: String, _ text: String) {
    guard isShown else { return }
    let now = Clock.monotonicSeconds
    if let index = lines.firstIndex(where: { $0.name == name }) {
      lines[index].text = text
      if now - last < 0.1 { return }
    } else {
      // What begins is shown at once: it may say nothing more for long.
      lines.append((name, text))
      done.remove(name)
    }
    last = now
    redraw()
  }

  /// Takes the line of `name` away.
  public func remove(_ name: String) {
    guard isShown else { return }
    // What is tried again later has a line again, and is not done.
    done.insert(name)
    lines.removeAll { $0.name == name }
    // A board that grows and shrinks all the time cannot be read.
    let now = Clock.monotonicSeconds
    if lines.isEmpty || now - last > 0.1 {
      last = now
      redraw()
    }
  }

  /// Takes all lines off the terminal, so that others can be written; the next change shows them again.
  public func clear() {
    guard shown > 0 else { return }
    write("\u{1B}[\(shown)A\u{1B}[J")
    shown = 0
  }

  private func redraw() {
    // Each line takes the place of the one before it, so that nothing flickers; what is left below is taken away.
    var text = shown > 0 ? "\u{1B}[\(shown)A" : ""
    let drawn = Self.drawn(
      lines, done: done.count, total: total, width: (Terminal.width(of: 2) ?? 80) - 1,
      height: (Terminal.height(of: 2) ?? 24) - 1)
    for line in drawn { text += line + "\u{1B}[K\n" }
    shown = drawn.count
    write(text + "\u{1B}[J")
  }

  /// The lines as they stand on the terminal: names in a column of their own, and at last how many are done.
  public static func drawn(
    _ lines: [(name: String, text: String)], done: Int, total: Int, width: Int, height: Int
  ) -> [String] {
    if lines.isEmpty { return [] }
    let room = max(1, height - 1)
    // Where not all fit, those that have waited longest are shown.
    let names = lines.prefix(room).map { Quoting.visible($0.name) + ":" }
    let column = min(names.map { DisplayWidth.of($0) }.max() ?? 0, max(width * 2 / 5, 8))
    var drawn = zip(names, lines).map { name, line in
      let cut = DisplayWidth.cut(name, to: column)
      let padding = String(repeating: " ", count: max(0, column - DisplayWidth.of(cut)) + 1)
      return DisplayWidth.cut(cut + padding + Quoting.visible(line.text), to: width)
    }
    var counts: [String] = []
    if total > 0 { counts.append("\(done) of \(total) done") }
    if lines.count > room { counts.append("\(lines.count - room) more under way") }
    if !counts.isEmpty, height > 1 {
      drawn.append(DisplayWidth.cut(counts.joined(separator: ", "), to: width))
    }
    return drawn
  }

  private func write(_ text: String) { try? Files.write(Array(text.utf8), to: 2, name: "stderr") }
}
