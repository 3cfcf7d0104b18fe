public import Picker
public import RegistryIndex
public import SystemSupport

/// Runs a picker on a terminal.
public struct PickerScreen {
  /// How it ended.
  public enum Outcome: Sendable {
    /// These were picked.
    case picked([RowPlace])
    /// Nothing fits what was typed.
    case nothing
    /// It was left without a choice, or a signal has come.
    case left
    /// The terminal is gone.
    case gone
  }

  /// Seconds after which what looks like the beginning of a key is one by itself.
  private static let keyDelay = 0.05
  private let terminal: ControllingTerminal
  private let preview: any PreviewSource
  private let home: String?
  private var lines: [String] = []
  private var size = (columns: 0, rows: 0)

  /// - Parameters:
  ///   - preview: what is shown of a project beside the list.
  ///   - home: the home directory, for which `~` stands.
  public init(_ terminal: ControllingTerminal, preview: any PreviewSource, home: String?) {
    self.terminal = terminal
    self.preview = preview
    self.home = home
  }

  /// Runs until something is picked, or it is left; the terminal then is as it was.
  public mutating func run(_ state: inout PickerState) throws(SystemError) -> Outcome {
    try terminal.enter()
    defer { terminal.leave() }
    var decoder = KeyDecoder()
    try draw(&state)
    while true {
      if Interruption.signal != nil { return .left }
      let ready = try terminal.wait(for: preview.bell, atMost: decoder.isWaiting ? Self.keyDelay : nil)
      var keys: [Key] = ready.isNothing ? decoder.silence() : []
      if ready.keyboard {
        guard let bytes = terminal.read() else { return Interruption.signal == nil ? .gone : .left }
        keys = decoder.keys(bytes)
      }
      if ready.events {
        for event in terminal.events() {
          switch event {
          case .resized: break
          case .stop: try terminal.stop(isForced: true)
          case .goOn: try terminal.enter()
          }
          lines = []
        }
      }
      if ready.bell { preview.bell?.clear() }
      for key in keys {
        let layout = PickerLayout(columns: size.columns, rows: size.rows, wantsPreview: state.wantsPreview)
        switch state.press(key, isPreviewShown: layout.preview != nil) {
        case .shown: break
        case .picked(let places): return .picked(places)
        case .nothing: return .nothing
        case .left: return .left
        case .redraw: lines = []
        case .suspend:
          try terminal.stop(isForced: false)
          lines = []
        }
      }
      try draw(&state)
    }
  }

  /// Draws the lines that have changed.
  private mutating func draw(_ state: inout PickerState) throws(SystemError) {
    let size = terminal.size
    let frame = PickerFrame(&state, size: size, home: home, hasColours: preview.hasColours) {
      preview.lines(of: $0)
    }
    var text = "\u{1B}[?25l"
    if size != self.size || lines.count != frame.lines.count {
      text += "\u{1B}[0m\u{1B}[2J"
      lines = Array(repeating: "", count: frame.lines.count)
    }
    for (row, line) in frame.lines.enumerated() where line != lines[row] {
      text += "\u{1B}[\(row + 1);1H\u{1B}[2K\(line)"
    }
    text += "\u{1B}[\(frame.cursor.row + 1);\(frame.cursor.column + 1)H\u{1B}[?25h"
    try terminal.write(text)
    (self.size, lines) = (size, frame.lines)
    preview.lookUp()
  }
}

/// What is shown of a project beside the list, and whether in colour; never waited for.
public protocol PreviewSource {
  /// Rings when there is more to show; nil where nothing comes later.
  var bell: Bell? { get }
  /// Whether colours may be used; not before that is known.
  var hasColours: Bool { get }
  /// The lines for a project, as far as they are there by now.
  func lines(of row: ViewRow) -> [String]
  /// Starts reading more about the project whose lines were last asked for, and whether colours are wanted; what is known has been
  /// drawn already and does not wait for this.
  func lookUp()
}
