import PickerScreen
import Registry
import RegistryIndex
import Synchronization
import SystemSupport
import Terminal
import ByteStrings
import SystemPackage

/// What `dev-infra pick` shows of a project: at once what the view knows, and when they have come the state of its checkouts
/// and the last commits, which `dev-infra show` knows.
///
/// A thread of its own asks for one project at a time, for the one that was looked at last; the keyboard waits for neither.
final class PickPreview: PreviewSource, Sendable {
  private struct State {
    var wanted: String?
    var isAsking = false
    var known: [String: [String]] = [:]
    /// Whether colours are wanted, once git has said so; nil where it has not been asked.
    var colours: Bool?
  }

  /// Projects that are remembered.
  private static let limit = 64
  /// Lines and bytes of one that are kept.
  private static let lines = 200
  private static let bytes = 1 << 18
  /// Seconds that one may take.
  private static let timeLimit = 10.0
  private let view: View
  private let state = Mutex(State())
  let bell: Bell?

  /// A preview of projects of a view.
  init(_ view: View) {
    self.view = view
    bell = try? Bell()
  }

  func lines(of row: ViewRow) -> [String] {
    let id = row.id
    let known = state.withLock { state in
      let known = state.known[id]
      if known == nil { state.wanted = row.paths.isEmpty ? nil : id }
      return known
    }
    return facts(row) + (known ?? [])
  }

  var hasColours: Bool { state.withLock { $0.colours ?? false } }

  func lookUp() {
    askAboutColours()
    let isToAsk = state.withLock { state in
      if state.isAsking || state.wanted == nil { return false }
      state.isAsking = true
      return true
    }
    guard isToAsk else { return }
    do {
      try WorkerThread { self.ask() }.detach()
    } catch {
      state.withLock { $0.isAsking = false }
    }
  }

  /// Asks git once whether colours are wanted.
  private func askAboutColours() {
    let isFirst = state.withLock { state in
      if state.colours != nil { return false }
      state.colours = false
      return true
    }
    guard isFirst else { return }
    try? WorkerThread {
      guard Colours.areAllowed() else { return }
      self.state.withLock { $0.colours = true }
      self.bell?.ring()
    }.detach()
  }

  private func facts(_ row: ViewRow) -> [String] {
    var lines: [String] = []
    for atom in [RowAtom(.description), .path, RowAtom(.remoteURL), .status, .tags, .machines] {
      let text = atom.text(of: row, in: view)
      if text.isEmpty { continue }
      let label = ProjectField(atom.rawValue)?.label ?? atom.rawValue
      lines.append("\(label):" + String(repeating: " ", count: 13 - label.count) + Quoting.visible(text))
    }
    return lines
  }

  /// Asks for what is wanted, until nothing is.
  private func ask() {
    while true {
      let wanted = state.withLock { state in
        let wanted = state.wanted
        state.wanted = nil
        if wanted == nil { state.isAsking = false }
        return wanted
      }
      guard let wanted else { return }
      let lines = Self.answer(wanted)
      state.withLock { state in
        if state.known.count >= Self.limit { state.known = [:] }
        state.known[wanted] = lines
      }
      bell?.ring()
    }
  }

  private static func answer(_ id: String) -> [String] {
    guard let tool = Environment.executablePath?.appending("dev-infra-show") else { return [] }
    var process = ChildProcess(tool.text, ["--state", "--history", "--", id])
    process.outputLimit = bytes
    process.timeLimit = timeLimit
    process.isWithoutTerminal = true
    do {
      let result = try process.run()
      let text = result.output
      let lines = ByteText.string(from: text).unicodeScalars.split(
        separator: "\n", omittingEmptySubsequences: false)
      // What the view does not know stands behind an empty line.
      return lines.drop { !$0.isEmpty }.prefix(Self.lines).map { String($0) }
    } catch {
      return ["\(error)"]
    }
  }
}
