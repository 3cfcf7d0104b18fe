import Console
import Platform

/// The one place that holds the version number of the toolset.
enum Version {
  static let number = "0.1.0"

  /// `dev-infra version [--build-options]`.
  static func run(_ arguments: [String], _ installation: Installation) throws(Failure) -> Int32 {
    var text = "dev-infra version \(number)\n"
    for argument in arguments {
      guard argument == "--build-options" else { throw .usage("version takes only --build-options") }
      text += "system: \(Host.system)\nexec-path: \(installation.executables.visible)\n"
      text += "git: \(git ?? "not found")\n"
    }
    var output = Output()
    try output.write(text)
    try output.flush()
    return ExitStatus.success
  }

  /// What `git version` says, without its first words.
  private static var git: String? {
    guard let result = try? ChildProcess("git", ["version"]).run(), result.termination == .exited(0) else {
      return nil
    }
    return String(decoding: result.output, as: UTF8.self).split(whereSeparator: \.isWhitespace).dropFirst(2)
      .joined(separator: " ")
  }
}
