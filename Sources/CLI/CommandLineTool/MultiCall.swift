import Terminal
import SystemSupport
import ByteStrings

/// An executable that holds several commands, as git's does: each command's name is a link to it, and the name that
/// it is called by says which one runs.
public enum MultiCall {
  /// Runs the command of the name that the process was started by, and ends the process.
  ///
  /// - Parameter tools: the commands by their full names, such as `dev-infra-show`.
  public static func main(_ tools: [String: any Tool.Type]) -> Never {
    ThisProcess.returnMemory()
    let name = Arguments.programName
    if let tool = tools[name] { tool.main() }
    Program.run { _ in
      Messages.fatal(
        "running '\(Quoting.visible(name))' failed: this file is several commands, and not that one")
      Messages.hint("run it by a link of one of these names: \(tools.keys.sorted().joined(separator: " "))")
      return ExitStatus.fatal
    }
  }
}
