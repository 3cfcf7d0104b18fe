import ByteStrings
public import Git
import SystemPackage
import SystemSupport
public import Terminal

extension GitError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    Failure(status: ExitStatus.fatal, message: message, hints: remedy.map { [$0.hint] } ?? [])
  }
}

extension GitError.Remedy {
  fileprivate var hint: String {
    switch self {
    case .installGit: "install git, or add it to PATH"
    case .responsiveFiles:
      "a file system that does not respond, or a file that another process holds, is in the way"
    case .trust(let directory):
      "if you trust it: git config --global --add safe.directory \(ShellQuoting.word(directory.visible))"
    }
  }
}
