import Batch
import ByteStrings
import SystemPackage
import SystemSupport
import Terminal

/// How what many commands write is put before people.
enum ForEachOutput {
  /// Names are padded to the longest, but no further.
  private static let widest = 24

  /// Passes on what the user's commands write: byte for byte, also to a terminal. It is theirs.
  static func pass(_ stream: UserCommand.Stream, _ bytes: [UInt8]) throws {
    let isOutput = stream == .output
    do throws(SystemError) {
      try Interruption.write(
        bytes, to: isOutput ? 1 : 2, name: isOutput ? "standard output" : "standard error")
    } catch {
      // Once a signal has come, nobody waits for the reader.
      if error.code != .interrupted { throw error }
    }
  }

  /// Shows what is written here: names and paths are of others, and steer no terminal.
  static func show(_ stream: UserCommand.Stream, _ bytes: [UInt8]) throws {
    try pass(stream, Terminal.isTerminal(stream == .output ? 1 : 2) ? TerminalText.safe(bytes) : bytes)
  }

  /// The lines above what is written in each.
  static func headings(_ targets: [BatchTarget]) -> [String] {
    let home = Environment.home?.text
    return targets.map { target in
      let place = Quoting.visible(HomePath.short(target.path.text, home: home))
      return "== \(Quoting.visible(target.calledName)) (\(place))"
    }
  }

  /// What stands before each line, one as wide as the other.
  static func prefixes(_ targets: [BatchTarget]) -> [String] {
    let names = targets.map { Quoting.visible($0.calledName) }
    let width = min(widest, names.map { DisplayWidth.of($0) }.max() ?? 0)
    return names.map { $0 + String(repeating: " ", count: max(0, width - DisplayWidth.of($0))) + " | " }
  }
}
