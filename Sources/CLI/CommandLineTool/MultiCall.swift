import Terminal
import SystemSupport
import ByteStrings

/// An executable that is several commands, as git's own are: it stands under the name of each, a link, and is the one
/// that it was called by.
public enum MultiCall {
  /// Runs the command of the name that the process was started by, and ends the process.
  ///
  /// - Parameter tools: the commands by their full names, such as `dev-infra-show`.
  public static func main(_ tools: [String: any Tool.Type]) -> Never {
    ThisProcess.returnMemory()
    let name = Arguments.programName
    if let tool = tools[name] { tool.main() }
    Messages.fatal(
      "running '\(Quoting.visible(name))' failed: this file is several commands, and not that one")
    Messages.hint("run it by a link of one of these names: \(tools.keys.sorted().joined(separator: " "))")
    ThisProcess.exit(ExitStatus.fatal)
  }
}
