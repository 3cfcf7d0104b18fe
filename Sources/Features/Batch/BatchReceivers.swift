public import Registry
public import SystemSupport
import ByteStrings
import RegistryIndex

/// Takes what is to be written to a stream, byte for byte.
public typealias BatchSink = (UserCommand.Stream, [UInt8]) throws -> Void

/// A line above what a command writes: which checkout it is.
private struct Headings {
  private let lines: [String]
  private let write: BatchSink
  /// Whether the line before is not ended.
  private var isWithinLine = false
  private var last: Int?

  init(_ lines: [String], _ write: @escaping BatchSink) { (self.lines, self.write) = (lines, write) }

  mutating func show(_ index: Int) throws {
    guard !lines.isEmpty, last != index else { return }
    let gap = last == nil ? "" : isWithinLine ? "\n\n" : "\n"
    last = index
    isWithinLine = false
    try write(.output, ByteText.bytes(of: "\(gap)\(lines[index])\n"))
  }

  mutating func note(_ bytes: [UInt8]) { isWithinLine = bytes.last != UInt8(ascii: "\n") }
}

/// What each command writes stays together, in the order of the checkouts.
public final class OrderedReceiver: BatchReceiver {
  private let output: OrderedOutput

  /// - Parameter headings: the line above what each writes; none for no lines.
  public init(headings: [String], write: @escaping BatchSink) {
    var lines = Headings(headings, write)
    output = OrderedOutput(
      emit: { index, stream, bytes in
        try lines.show(index)
        try write(stream, bytes)
        lines.note(bytes)
      }, close: { _ in })
  }

  /// Nothing is shown of it yet.
  public func begin(_ index: Int) {}
  /// Shows it, or keeps it until its turn.
  public func receive(_ index: Int, _ stream: UserCommand.Stream, _ bytes: [UInt8]) throws {
    try output.receive(index, stream, bytes)
  }
  /// Lets the next one out.
  public func end(_ index: Int, _ outcome: BatchRun.Outcome) throws { try output.end(index) }
  /// Shows what is left.
  public func finish() throws { try output.finish() }
}

/// Each command has the terminal to itself; only the lines above are from here.
public final class TerminalReceiver: BatchReceiver {
  private var headings: Headings

  /// - Parameter headings: the line above what each writes; none for no lines.
  public init(headings: [String], write: @escaping BatchSink) { self.headings = Headings(headings, write) }

  /// Shows the line above.
  public func begin(_ index: Int) throws { try headings.show(index) }
  /// Does not happen.
  public func receive(_ index: Int, _ stream: UserCommand.Stream, _ bytes: [UInt8]) {}
  /// Shows nothing.
  public func end(_ index: Int, _ outcome: BatchRun.Outcome) {}
  /// Shows nothing.
  public func finish() {}
}

/// Lines go out as they come, each behind what says whose it is.
public final class PrefixReceiver: BatchReceiver {
  private let prefixes: [[UInt8]]
  private let write: BatchSink
  private var lines: [Int: [OutputLines]] = [:]

  /// - Parameter prefixes: what stands before each line, by the number of the checkout.
  public init(prefixes: [String], write: @escaping BatchSink) {
    self.prefixes = prefixes.map { ByteText.bytes(of: $0) }
    self.write = write
  }

  /// Nothing is shown of it yet.
  public func begin(_ index: Int) {}

  /// Shows the lines that are whole now.
  public func receive(_ index: Int, _ stream: UserCommand.Stream, _ bytes: [UInt8]) throws {
    let whole = lines[index, default: [OutputLines(), OutputLines()]][stream.rawValue].append(bytes)
    try show(index, stream, whole)
  }

  /// Shows what is left of a line.
  public func end(_ index: Int, _ outcome: BatchRun.Outcome) throws {
    guard var left = lines.removeValue(forKey: index) else { return }
    for stream in [UserCommand.Stream.output, .errors] {
      if let line = left[stream.rawValue].end() { try show(index, stream, [line]) }
    }
  }

  /// Shows what is left of all.
  public func finish() throws { for index in lines.keys.sorted() { try end(index, .gone) } }

  private func show(_ index: Int, _ stream: UserCommand.Stream, _ lines: [[UInt8]]) throws {
    guard !lines.isEmpty else { return }
    try write(stream, lines.flatMap { prefixes[index] + $0 })
  }
}

/// A JSON object a line for each checkout, in their order.
public final class JSONReceiver: BatchReceiver {
  private let output: OrderedOutput
  private let state: State

  private final class State {
    var captured = [CapturedOutput(), CapturedOutput()]
    var outcomes: [Int: BatchRun.Outcome] = [:]
    /// How much of each stream of those that are under way has been kept.
    var kept: [Int: [Int]] = [:]
  }

  /// - Parameters:
  ///   - words: the command's.
  ///   - reason: why it did not end well, in words; nil where it did.
  public init(
    _ targets: [BatchTarget], _ words: [String],
    reason: @escaping (BatchRun.Outcome, BatchTarget) -> String?, write: @escaping BatchSink
  ) {
    let state = State()
    self.state = state
    output = OrderedOutput(
      emit: { _, stream, bytes in state.captured[stream.rawValue].append(bytes) },
      close: { index in
        var object = targets[index].object(running: words)
        if let outcome = state.outcomes.removeValue(forKey: index) {
          outcome.put(into: &object, reason: reason(outcome, targets[index]))
        }
        state.captured[0].put(into: &object, as: "stdout")
        state.captured[1].put(into: &object, as: "stderr")
        state.captured = [CapturedOutput(), CapturedOutput()]
        try write(.output, Array(JSON.object(object).compact.utf8) + [UInt8(ascii: "\n")])
      })
  }

  /// Nothing is shown of it yet.
  public func begin(_ index: Int) {}

  /// Keeps it until its turn.
  public func receive(_ index: Int, _ stream: UserCommand.Stream, _ bytes: [UInt8]) throws {
    // A byte more than is shown, so that it is seen to be cut off; nothing else is worth keeping until its turn.
    let kept = state.kept[index, default: [0, 0]][stream.rawValue]
    let room = CapturedOutput.limit + 1 - kept
    guard room > 0 else { return }
    state.kept[index, default: [0, 0]][stream.rawValue] = kept + min(room, bytes.count)
    try output.receive(index, stream, Array(bytes.prefix(room)))
  }

  /// Shows it as soon as it is its turn.
  public func end(_ index: Int, _ outcome: BatchRun.Outcome) throws {
    state.outcomes[index] = outcome
    state.kept[index] = nil
    try output.end(index)
  }

  /// Shows what is left.
  public func finish() throws { try output.finish() }
}

extension BatchTarget {
  /// What is known before a command is run in it.
  public func object(running words: [String]) -> JSON.Members {
    [
      "argv": .array(words.map { .string(JSONText.path($0)) }), "id": .string(id), "name": .string(name),
      "path": .string(JSONText.path(path.text)),
    ]
  }
}

extension BatchRun.Outcome {
  /// Puts it into an object, with a reason where the command itself has not ended.
  fileprivate func put(into object: inout JSON.Members, reason: String?) {
    object["status"] = .null
    object["signal"] = .null
    object["milliseconds"] = .null
    if case .ran(let ending, let seconds) = self {
      object["milliseconds"] = .number("\(Int((seconds * 1000).rounded()))")
      switch ending {
      case .exited(let status):
        object["status"] = .number("\(status)")
        return
      case .signalled(let signal):
        object["signal"] = .number("\(signal)")
        return
      case .timedOut: object["timed_out"] = .bool(true)
      case .interrupted, .notStarted: break
      }
    }
    if let reason { object["error"] = .string(reason) }
  }
}
