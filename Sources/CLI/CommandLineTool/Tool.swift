public import ArgumentParser
import Terminal
import ByteStrings
import SystemSupport

/// A command of the toolset: arguments declared for ArgumentParser, and one function that does the work.
///
/// `main()` maps every failure to a message and a status.
public protocol Tool: ParsableCommand {
  /// Does the work.
  ///
  /// - Returns: the status to end with, ``ExitStatus/success`` or ``ExitStatus/no``.
  func execute() throws -> Int32

  /// The process's arguments that belong to the command itself: all of them, except where it takes another command behind
  /// `--`.
  static func ownArguments(_ arguments: [String]) -> [String]
}

/// That somebody asks what a command takes, and the status to end with.
private struct HelpRequest: Error {
  let status: Int32
}

extension Tool {
  /// All of them.
  public static func ownArguments(_ arguments: [String]) -> [String] { arguments }

  /// Parses the process's arguments, runs the command and ends the process.
  public static func main() {
    Program.run { arguments in
      Environment.forgetRepository()
      return status(of: ownArguments(arguments))
    }
  }

  private static func status(of arguments: [String]) -> Int32 {
    let command: Self
    do {
      command = try parsed(arguments)
    } catch let request as HelpRequest {
      return show(helpMessage(), status: request.status)
    } catch let failure as Failure {
      return report(failure)
    } catch {
      return report(.usage(sentence(for: error)))
    }
    do {
      // Only now: with wrong arguments nothing is written, so there is no need to change the user.
      try Privileges.becomeOwner(of: Environment.registryDirectory)
      return try command.execute()
    } catch {
      return report(Failure(error))
    }
  }

  /// The command as the arguments say it.
  ///
  /// Few command lines need ``OptionTable``: it is asked where ArgumentParser alone does not understand one.
  private static func parsed(_ arguments: [String]) throws -> Self {
    let options = arguments.prefix { $0 != "--" }
    // As with git, -h is an answer about usage and ends with 129; only as an option, never behind `--`.
    if options.contains("-h") { throw HelpRequest(status: ExitStatus.usage) }
    do {
      // ArgumentParser takes an `h` among short options for a call for help: of `-help`, say.
      if let command = try parseAsRoot(arguments) as? Self { return command }
    } catch {
      if options.contains("--help") { throw HelpRequest(status: ExitStatus.success) }
      let expanded = try expanded(arguments, refusal: sentence(for: error))
      // What was understood and refused is refused for its reason.
      if expanded == arguments { throw error }
      if let command = try parseAsRoot(expanded) as? Self { return command }
    }
    _ = try expanded(arguments)
    throw HelpRequest(status: ExitStatus.success)
  }

  /// - Parameter refusal: what ArgumentParser says of the arguments; of a long option it also says which may have been meant.
  private static func expanded(_ arguments: [String], refusal: String = "") throws(Failure) -> [String] {
    do throws(OptionTable.UnknownOption) {
      return try OptionTable(help: helpMessage(includeHidden: true, columns: 1000)).expanded(arguments)
    } catch {
      let word = Quoting.visible(error.word)
      throw .usage(
        error.candidates.isEmpty
          ? refusal.begins(with: "unknown option '\(word)'") ? refusal : "unknown option '\(word)'"
          : "option '\(word)' is ambiguous: it could be \(error.candidates.joined(separator: " or "))")
    }
  }

  /// What ArgumentParser says of a command line, in the form that messages have here.
  private static func sentence(for error: any Error) -> String {
    let text = message(for: error)
    guard let first = text.first, !text.dropFirst().prefix(1).allSatisfy(\.isUppercase) else { return text }
    return first.lowercased() + text.dropFirst()
  }

  private static func report(_ failure: Failure) -> Int32 {
    // The forms of the usage below each other, as -h prints them.
    let forms = usageString().split(at: "\n").joined(separator: "\n       ")
    // The sender of the signal knows why nothing came of it.
    if Interruption.signal != nil { return failure.status }
    return Messages.report(failure, usage: "USAGE: \(forms)")
  }

  private static func show(_ text: String, status: Int32) -> Int32 {
    do throws(Failure) {
      var output = Output()
      try output.write(text.ends(with: "\n") ? text : text + "\n")
      try output.flush()
      return status
    } catch {
      return report(error)
    }
  }
}
