public import ArgumentParser
import Terminal
import ByteStrings
import Glibc
import SystemSupport

/// A command of the toolset: arguments declared as ArgumentParser has it, and one function that does the work.
///
/// `main()` is the only place that ends a process: it maps every failure to a message and a status.
public protocol Tool: ParsableCommand {
  /// Does the work.
  ///
  /// - Returns: the status to end with, ``ExitStatus/success`` or ``ExitStatus/no``.
  func execute() throws -> Int32
}

extension Tool {
  /// Parses the process's arguments, runs the command and ends the process.
  public static func main() {
    Environment.forgetRepository()
    TraceLog.start(Arguments.all)
    let status = status(of: Arguments.all)
    TraceLog.end(status)
    Interruption.endProcess()
    Glibc.exit(status)
  }

  private static func status(of arguments: [String]) -> Int32 {
    // As with git, -h is an answer about usage and ends with 129; only as an option, never behind `--`.
    if arguments == ["-h"] { return show(helpMessage(), status: ExitStatus.usage) }
    let command: Self
    do {
      guard let parsed = try parseAsRoot(arguments) as? Self else {
        // ArgumentParser takes an `h` among short options for a call for help: of `-help`, say.
        let word = arguments.prefix { $0 != "--" }.first {
          $0.hasPrefix("-") && !$0.hasPrefix("--") && $0 != "-h"
        }
        return report(.usage("unknown option '\(Quoting.visible(word ?? "-h"))'"))
      }
      command = parsed
    } catch {
      let text = fullMessage(for: error)
      if exitCode(for: error) == .success {
        let isShort = arguments.prefix { $0 != "--" }.contains("-h")
        return show(text, status: isShort ? ExitStatus.usage : ExitStatus.success)
      }
      Messages.note(text.hasPrefix("Error: ") ? "error: " + text.dropFirst("Error: ".count) : text)
      return ExitStatus.usage
    }
    do { return try command.execute() } catch { return report(Failure(error)) }
  }

  private static func report(_ failure: Failure) -> Int32 {
    // Whoever sent the signal knows why nothing came of it.
    if Interruption.signal != nil { return failure.status }
    switch failure.status {
    case ExitStatus.no: Messages.error(failure.message)
    case ExitStatus.usage: Messages.note("error: \(failure.message)\nUSAGE: \(usageString())")
    default: Messages.fatal(failure.message)
    }
    for hint in failure.hints { Messages.hint(hint) }
    return failure.status
  }

  private static func show(_ text: String, status: Int32) -> Int32 {
    do throws(Failure) {
      var output = Output()
      try output.write(text.hasSuffix("\n") ? text : text + "\n")
      try output.flush()
      return status
    } catch {
      return report(error)
    }
  }
}
