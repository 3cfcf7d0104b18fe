import Terminal
import SystemSupport
import ByteStrings

enum Version {
  /// `dev-infra version [--build-options] [--verbose]`.
  static func run(_ arguments: [String], _ installation: Installation) throws(Failure) -> Int32 {
    if arguments == ["-h"] {
      try show(help)
      return ExitStatus.usage
    }
    var (isLong, isVerbose) = (false, false)
    for argument in arguments {
      if argument.utf8.count > 2, "--build-options".begins(with: argument) {
        isLong = true
      } else if argument.utf8.count > 2, "--verbose".begins(with: argument) {
        isVerbose = true
      } else {
        let what = argument.begins(with: "-") ? "unknown option" : "'version' takes no argument:"
        return WrongUsage.status("\(what) '\(Quoting.visible(argument))'", help)
      }
    }
    var text = "dev-infra version \(ToolsetVersion.number)\n"
    if isLong || isVerbose {
      text += "system: \(Host.system)\nexec-path: \(installation.executables.visible)\n"
      text += "git: \(git ?? "not found")\n"
    }
    if isVerbose {
      do throws(SystemError) {
        text += String(decoding: try Files.read(installation.build, limit: 1 << 16), as: UTF8.self)
      } catch {
        throw Failure(error)
      }
    }
    try show(text)
    return ExitStatus.success
  }

  private static let help = """
    OVERVIEW: Print the version

    USAGE: dev-infra version [--build-options | --verbose]

    OPTIONS:
      --build-options         Print the system, the exec path and the version of git as well.
      --verbose               Print also which build this is, and the libraries that it was made with.
      -h, --help              Show help information.

    """

  private static func show(_ text: String) throws(Failure) {
    var output = Output()
    try output.write(text)
    try output.flush()
  }

  /// What `git version` says, without its first words.
  private static var git: String? {
    var git = ChildProcess("git", ["version"])
    git.environment = GitEnvironment.foreign.variables
    guard let result = try? git.run(), result.termination == .exited(0) else {
      return nil
    }
    return String(decoding: result.output, as: UTF8.self).split(whereSeparator: \.isWhitespace).dropFirst(2)
      .joined(separator: " ")
  }
}
