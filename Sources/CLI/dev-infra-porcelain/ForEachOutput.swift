import Batch
import ByteStrings
import FeatureReporting
import Registry
import RegistryIndex
import SystemSupport
import Terminal
import SystemPackage

/// Where what the user's commands write goes: byte for byte, also to a terminal. It is theirs.
private func pass(_ stream: UserCommand.Stream, _ bytes: [UInt8]) throws {
  let isOutput = stream == .output
  do throws(SystemError) {
    try Interruption.write(
      bytes, to: isOutput ? 1 : 2, name: isOutput ? "standard output" : "standard error")
  } catch {
    // Once a signal has come nobody waits for who reads.
    if error.code != .interrupted { throw error }
  }
}

/// A line above what a command writes: which project it is.
private struct Headings {
  private let targets: [BatchTarget]
  private let isShown: Bool
  /// Whether the line before is not ended.
  private var isWithinLine = false
  private var last: Int?

  init(_ targets: [BatchTarget], shown: Bool) { (self.targets, isShown) = (targets, shown) }

  mutating func show(_ index: Int) throws {
    guard isShown, last != index else { return }
    let target = targets[index]
    let gap = last == nil ? "" : isWithinLine ? "\n\n" : "\n"
    last = index
    isWithinLine = false
    let line = "\(gap)== \(Quoting.visible(target.calledName)) (\(target.path.visible))\n"
    try pass(.output, ByteText.bytes(of: line))
  }

  mutating func note(_ bytes: [UInt8]) { isWithinLine = bytes.last != UInt8(ascii: "\n") }
}

/// What each command writes stays together, in the order of the projects.
final class OrderedReceiver: BatchReceiver {
  private let output: OrderedOutput

  init(_ targets: [BatchTarget], headings: Bool) {
    var lines = Headings(targets, shown: headings)
    output = OrderedOutput(
      emit: { index, stream, bytes in
        try lines.show(index)
        try pass(stream, bytes)
        lines.note(bytes)
      }, close: { _ in })
  }

  func begin(_ index: Int) {}
  func receive(_ index: Int, _ stream: UserCommand.Stream, _ bytes: [UInt8]) throws {
    try output.receive(index, stream, bytes)
  }
  func end(_ index: Int, _ outcome: BatchRun.Outcome) throws { try output.end(index) }
  func finish() throws { try output.finish() }
}

/// Each command has the terminal to itself; only the lines above are from here.
final class TerminalReceiver: BatchReceiver {
  private var headings: Headings

  init(_ targets: [BatchTarget], headings: Bool) { self.headings = Headings(targets, shown: headings) }

  func begin(_ index: Int) throws { try headings.show(index) }
  func receive(_ index: Int, _ stream: UserCommand.Stream, _ bytes: [UInt8]) {}
  func end(_ index: Int, _ outcome: BatchRun.Outcome) {}
  func finish() {}
}

/// Lines go out as they come, each behind its project's name.
final class PrefixReceiver: BatchReceiver {
  private let prefixes: [[UInt8]]
  private var lines: [Int: [OutputLines]] = [:]
  /// Names are padded to the longest, but no further.
  private static let widest = 24

  init(_ targets: [BatchTarget]) {
    let names = targets.map { Quoting.visible($0.calledName) }
    let width = min(Self.widest, names.map { DisplayWidth.of($0) }.max() ?? 0)
    prefixes = names.map { name in
      let padding = String(repeating: " ", count: max(0, width - DisplayWidth.of(name)))
      return ByteText.bytes(of: name + padding + " | ")
    }
  }

  func begin(_ index: Int) {}

  func receive(_ index: Int, _ stream: UserCommand.Stream, _ bytes: [UInt8]) throws {
    let whole = lines[index, default: [OutputLines(), OutputLines()]][stream.rawValue].append(bytes)
    try show(index, stream, whole)
  }

  func end(_ index: Int, _ outcome: BatchRun.Outcome) throws {
    guard var left = lines.removeValue(forKey: index) else { return }
    for stream in [UserCommand.Stream.output, .errors] {
      if let line = left[stream.rawValue].end() { try show(index, stream, [line]) }
    }
  }

  func finish() throws { for index in lines.keys.sorted() { try end(index, .gone) } }

  private func show(_ index: Int, _ stream: UserCommand.Stream, _ lines: [[UInt8]]) throws {
    guard !lines.isEmpty else { return }
    try pass(stream, lines.flatMap { prefixes[index] + $0 })
  }
}

/// A JSON object a line for each project, in the order of the projects.
final class JSONReceiver: BatchReceiver {
  private let targets: [BatchTarget]
  private let words: [String]
  private let output: OrderedOutput
  private let state: State

  private final class State {
    var captured = [CapturedOutput(), CapturedOutput()]
    var outcomes: [Int: BatchRun.Outcome] = [:]
    /// How much of each stream of those that are under way has been kept.
    var kept: [Int: [Int]] = [:]
  }

  init(_ targets: [BatchTarget], _ words: [String], timeLimit: Double?) {
    (self.targets, self.words) = (targets, words)
    let state = State()
    self.state = state
    output = OrderedOutput(
      emit: { _, stream, bytes in state.captured[stream.rawValue].append(bytes) },
      close: { index in
        var object = Self.object(of: targets[index], words)
        if let outcome = state.outcomes.removeValue(forKey: index) {
          Self.put(outcome, of: targets[index], timeLimit, into: &object)
        }
        state.captured[0].put(into: &object, as: "stdout")
        state.captured[1].put(into: &object, as: "stderr")
        state.captured = [CapturedOutput(), CapturedOutput()]
        try pass(.output, Array(JSON.object(object).compact.utf8) + [UInt8(ascii: "\n")])
      })
  }

  func begin(_ index: Int) {}

  func receive(_ index: Int, _ stream: UserCommand.Stream, _ bytes: [UInt8]) throws {
    // A byte more than is shown, so that it is seen to be cut off; nothing else is worth keeping until its turn.
    let kept = state.kept[index, default: [0, 0]][stream.rawValue]
    let room = CapturedOutput.limit + 1 - kept
    guard room > 0 else { return }
    state.kept[index, default: [0, 0]][stream.rawValue] = kept + min(room, bytes.count)
    try output.receive(index, stream, Array(bytes.prefix(room)))
  }

  func end(_ index: Int, _ outcome: BatchRun.Outcome) throws {
    state.outcomes[index] = outcome
    state.kept[index] = nil
    try output.end(index)
  }

  func finish() throws { try output.finish() }

  /// What is known before the command is run.
  static func object(of target: BatchTarget, _ words: [String]) -> JSON.Members {
    [
      "argv": .array(words.map { .string(JSONText.path($0)) }), "id": .string(target.id),
      "name": .string(target.name), "path": .string(JSONText.path(target.path.text)),
    ]
  }

  private static func put(
    _ outcome: BatchRun.Outcome, of target: BatchTarget, _ timeLimit: Double?, into object: inout JSON.Members
  ) {
    object["status"] = .null
    object["signal"] = .null
    object["milliseconds"] = .null
    if case .ran(let ending, let seconds) = outcome {
      object["milliseconds"] = .number("\(Int((seconds * 1000).rounded()))")
      switch ending {
      case .exited(let status): object["status"] = .number("\(status)")
      case .signalled(let signal): object["signal"] = .number("\(signal)")
      case .timedOut: object["timed_out"] = .bool(true)
      case .interrupted, .notStarted: break
      }
      if case .exited = ending { return }
      if case .signalled = ending { return }
    }
    if let reason = outcome.reason(at: target.path.visible, timeLimit: timeLimit) {
      object["error"] = .string(reason)
    }
  }
}
