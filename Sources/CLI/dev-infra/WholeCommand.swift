import Terminal
import SystemSupport
import SystemPackage

/// The complete form of a command, which takes longer to start; this executable knows only its most frequent uses.
enum WholeCommand {
  /// Replaces this process by it.
  ///
  /// - Parameter name: the command's full name, such as `dev-infra-path`.
  static func become(_ name: String, _ arguments: [String]) throws -> Never {
    let folder = try Environment.requireExecutablePath()
    // In a build tree it has its whole name.
    let programs = ["light", "dev-infra-light"].map { folder.appending($0) }
    let program = programs.first { Files.kind(of: $0) == .file } ?? programs[0]
    try Execution.become(program, arguments, as: name)
  }
}
