import ByteStrings
public import Registry
public import RegistryIndex
import RegistryStore
import SystemPackage
import SystemSupport
import Terminal
public import MachineStates
public import WorkTreeState

/// What a terminal shows of a checkout's state.
public struct StateLine: Sendable {
  let name: String
  let state: StateMarks
  /// How long ago it was so, where that is worth telling.
  let age: String?

  /// A line of its parts, which are safe to show.
  public init(name: String, state: StateMarks, age: String? = nil) {
    (self.name, self.state, self.age) = (name, state, age)
  }

  /// Words and numbers, each with its colour.
  fileprivate var marks: [(text: String, colour: Colours.Style)] {
    state.marks.map { ($0.text, StateView.colour(of: $0.tone)) } + (age.map { [($0, .dim)] } ?? [])
  }
}

extension MachineCheckouts {
  /// A line for each checkout.
  ///
  /// - Parameter home: the home directory, for which `~` stands.
  public func shown(in view: View, now: Timestamp, home: String?) -> [StateLine] {
    zip(checkouts, labels(in: view)).map { checkout, label in
      let place = label.place.map { " (\(Quoting.visible(HomePath.short($0.text, home: home))))" } ?? ""
      return StateLine(
        name: Quoting.visible(label.name) + place, state: StateMarks(checkout.state, home: home),
        age: label.taken?.age(at: now))
    }
  }
}

extension [MachineCheckouts] {
  /// All of them for people, each machine that is asked about by name below a line of its own.
  ///
  /// - Parameters:
  ///   - all: whether checkouts that need nothing are shown, too.
  ///   - verbose: whether the marks are explained.
  ///   - width: the columns that there are.
  public func shown(
    in view: View, now: Timestamp, home: String?, all: Bool, verbose: Bool, width: Int, colours: Bool
  ) -> String {
    var text = ""
    for group in self {
      if let machine = group.machine {
        if !text.isEmpty { text += "\n" }
        if let silence = group.silence {
          text += silence + "\n"
          continue
        }
        let time = group.taken.map { $0.age(at: now) } ?? "now"
        text += StateView.heading("\(Quoting.visible(machine.name)), \(time)", colours: colours)
      }
      let lines = group.shown(in: view, now: now, home: home)
      text += StateView(lines, all: all, verbose: verbose, width: width).text(colours: colours)
    }
    return text
  }
}

/// The states of many checkouts on a terminal: first those in which there is something to do, then those that are only behind,
/// then how many there are.
public struct StateView {
  fileprivate static func colour(of tone: StateMarks.Tone) -> Colours.Style {
    switch tone {
    case .alarm: .red
    case .changes: .yellow
    case .commits: .green
    case .other: .cyan
    }
  }

  /// A line above those of a machine.
  public static func heading(_ text: String, colours: Bool) -> String {
    (colours ? Colours.styled(text, .bold) : text) + "\n"
  }

  private let mine: [StateLine]
  private let behind: [StateLine]
  private let clean: [StateLine]
  private let showsClean: Bool
  private let showsLegend: Bool
  private let width: Int

  /// - Parameters:
  ///   - all: whether those that need nothing are shown, too.
  ///   - verbose: whether the marks are explained.
  ///   - width: the columns that there are.
  public init(_ lines: [StateLine], all: Bool, verbose: Bool, width: Int) {
    let sorted = lines.enumerated().sorted { one, other in
      (one.element.state.urgency, one.offset) < (other.element.state.urgency, other.offset)
    }.map(\.element)
    mine = sorted.filter { $0.state.urgency < .behind }
    behind = sorted.filter { $0.state.urgency == .behind }
    clean = sorted.filter { $0.state.urgency == .clean }
    showsClean = all
    showsLegend = verbose
    self.width = width
  }

  /// All of it, with a newline behind each line.
  public func text(colours: Bool) -> String {
    var lines = rendered(mine, colours)
    if !behind.isEmpty {
      if !mine.isEmpty { lines.append("") }
      lines.append(cut([("only behind:", .bold)], colours))
      lines += rendered(behind, colours)
    }
    if showsClean, !clean.isEmpty {
      if !lines.isEmpty { lines.append("") }
      lines.append(cut([("clean:", .bold)], colours))
      lines += rendered(clean, colours)
    }
    if !lines.isEmpty { lines.append("") }
    lines.append(cut([(total, .bold)], colours))
    if showsLegend { lines += legend }
    return lines.map { $0 + "\n" }.joined()
  }

  private var total: String {
    let count = mine.count + behind.count + clean.count
    if count == 0 { return "no projects" }
    var text =
      mine.isEmpty
      ? "nothing needs attention" : "\(mine.count) of \(count) need\(mine.count == 1 ? "s" : "") attention"
    if !behind.isEmpty { text += "; \(behind.count) only behind" }
    if !clean.isEmpty { text += "; \(clean.count) clean" }
    return text
  }

  private static let explanations = [
    "~ conflicts", "+ staged", "! changed", "% cannot be judged", "? untracked", "* stashes",
    "⇡ commits to push", "⇣ commits to bring in, as of the last fetch", "@ no branch (detached HEAD)",
    "gone: the upstream was deleted", "unpushed: branches with commits on no remote",
  ]

  /// What the marks mean, in as many lines as it takes.
  private var legend: [String] {
    var lines: [String] = []
    for text in Self.explanations {
      if let last = lines.last, DisplayWidth.of(last) + 2 + DisplayWidth.of(text) <= width {
        lines[lines.count - 1] = "\(last)  \(text)"
      } else {
        lines.append(DisplayWidth.cut(text, to: width))
      }
    }
    return lines
  }

  private func rendered(_ lines: [StateLine], _ colours: Bool) -> [String] {
    let names = lines.map { DisplayWidth.of($0.name) }.max() ?? 0
    let branches = lines.map { DisplayWidth.of($0.state.branch) }.max() ?? 0
    // On a narrow terminal names, branches and numbers share it.
    let name = min(names, max(width * 2 / 5, 8))
    let branch = min(branches, max(width / 4, 6))
    return lines.map { line in
      var pieces: [(String, Colours.Style?)] = [
        (padded(line.name, to: name), .bold), ("  ", nil), (padded(line.state.branch, to: branch), nil),
      ]
      for (text, colour) in line.marks { pieces += [(pieces.count == 3 ? "  " : " ", nil), (text, colour)] }
      return cut(pieces, colours)
    }
  }

  private func padded(_ text: String, to width: Int) -> String {
    let cut = DisplayWidth.cut(text, to: width)
    return cut + String(repeating: " ", count: max(0, width - DisplayWidth.of(cut)))
  }

  /// The pieces as far as the terminal is wide. What is put together here has been made safe to show.
  private func cut(_ pieces: [(String, Colours.Style?)], _ colours: Bool) -> String {
    var line = ""
    var left = width
    for (text, colour) in pieces where left > 0 {
      let shown = left > 1 ? DisplayWidth.cut(text, to: left) : String(text.prefix(1))
      left -= DisplayWidth.of(shown)
      line += colours ? Colours.styled(shown, colour) : shown
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
