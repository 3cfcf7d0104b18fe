import Glibc
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
  private let hasColours: Bool
  private var lines: [String] = []
  private var size = (columns: 0, rows: 0)

  /// - Parameters:
  ///   - preview: what is shown of a project beside the list.
  ///   - home: the home directory, for which `~` stands.
  ///   - hasColours: whether colours may be used.
  public init(_ terminal: ControllingTerminal, preview: any PreviewSource, home: String?, hasColours: Bool) {
    self.terminal = terminal
    self.preview = preview
    self.home = home
    self.hasColours = hasColours
  }

  /// Runs until something is picked, or it is left; the terminal then is as it was.
  public mutating func run(_ state: inout PickerState) throws(SystemError) -> Outcome {
    try terminal.enter()
    defer { terminal.leave() }
    var decoder = KeyDecoder()
    try draw(&state)
    while true {
      if Interruption.signal != nil { return .left }
      let (keyboard, events) = terminal.descriptors
      var polled = [keyboard, events, Interruption.descriptor, preview.descriptor].map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
      let ready = poll(&polled, nfds_t(polled.count), decoder.isWaiting ? Int32(Self.keyDelay * 1000) : -1)
      if ready < 0, errno != EINTR { throw SystemError("waiting for", "/dev/tty") }
      if ready < 0 { continue }
      var keys: [Key] = ready == 0 ? decoder.silence() : []
      if polled[0].revents != 0 {
        guard let bytes = terminal.read() else { return Interruption.signal == nil ? .gone : .left }
        keys = decoder.keys(bytes)
      }
      if polled[1].revents != 0 {
        for event in terminal.events() {
          switch event {
          case .resized: break
          case .stop: try terminal.stop(isForced: true)
          case .goOn: try terminal.enter()
          }
          lines = []
        }
      }
      if polled[3].revents != 0 { preview.take() }
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
    let frame = PickerFrame(&state, size: size, home: home, hasColours: hasColours) { preview.lines(of: $0) }
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
  }
}

/// What is shown of a project beside the list; never waited for.
public protocol PreviewSource {
  /// What poll(2) finds readable when there is more to show; -1 where nothing comes later.
  var descriptor: Int32 { get }
  /// Takes note of what ``descriptor`` told.
  func take()
  /// The lines for a project, as far as they are there by now.
  func lines(of row: ViewRow) -> [String]
}
