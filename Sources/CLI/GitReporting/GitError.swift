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
      "if you trust it: git config --global --add safe.directory \(ShellQuoting.quote(directory))"
    }
  }
}

/// Paths as a person can paste them into a shell.
private enum ShellQuoting {
  /// `path` as one word of a POSIX shell.
  static func quote(_ path: FilePath) -> String {
    let text = path.visible
    let plain = text.unicodeScalars.allSatisfy {
      $0.value >= 0x80
        || ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "/._-+,:@%".unicodeScalars.contains($0))
    }
    return plain
      ? text
      : "'" + text.split(at: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
