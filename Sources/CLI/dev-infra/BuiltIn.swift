import ByteStrings
import Terminal
import SystemSupport
import SystemPackage

/// The commands for people that are part of this executable: its start is most of their work, so they are not started by the
/// dispatcher as another process either.
struct BuiltIn {
  /// What the command prints to `-h`; nil where it does so itself.
  let help: String?
  /// Does the work, and gives the status to end with.
  let execute: ([String]) throws -> Int32
  /// What the command ends with where something could not be done.
  var fatalStatus = ExitStatus.fatal

  /// The command of this name, such as `path`; nil for one that is not part of this executable.
  static func command(_ name: String) -> BuiltIn? {
    switch name {
    case "list": BuiltIn(help: nil, execute: ListCommand.run)
    case "path": BuiltIn(help: nil, execute: PathCommand.run)
    case "pick":
      BuiltIn(help: PickCommand.help, execute: PickCommand.run, fatalStatus: PickCommand.faultStatus)
    case "rank": BuiltIn(help: RankCommand.help, execute: RankCommand.run)
    default: nil
    }
  }

  /// Runs the command that the process was started as, by a link of its full name; nil where it is not one of these.
  static func ownStatus(_ name: String, _ arguments: [String]) -> Int32? {
    guard name.begins(with: "dev-infra-"), let command = command(String(name.dropFirst("dev-infra-".count)))
    else {
      return nil
    }
    do {
      try Privileges.becomeOwner(of: Environment.registryDirectory)
    } catch {
      Messages.fatal(Failure(error).message)
      return command.fatalStatus
    }
    return command.run(arguments)
  }

  /// Whether the file that a command was found in is this executable, under the command's name.
  static func isOwn(_ program: FilePath) -> Bool {
    ThisProcess.executable.map { Files.isSame(program, $0) } ?? false
  }

  /// Runs it with these arguments, and says what went wrong.
  func run(_ arguments: [String]) -> Int32 {
    Environment.forgetRepository()
    do {
      if let help, let status = CommandWords.helpStatus(arguments) {
        var output = Output()
        try output.write(help)
        try output.flush()
        return status
      }
      return try execute(arguments)
    } catch {
      let failure = Failure(error)
      switch failure.status {
      case ExitStatus.usage: return WrongUsage.status(failure.message, help ?? "")
      case ExitStatus.no: Messages.error(failure)
      default:
        Messages.fatal(failure.message)
        for hint in failure.hints { Messages.hint(hint) }
      }
      return failure.status == ExitStatus.fatal ? fatalStatus : failure.status
    }
  }
}
