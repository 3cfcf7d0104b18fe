public import APIKeys
import ByteStrings
import SystemSupport
public import Terminal

extension APIKeyError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    switch self {
    case .untrustedFile(let path):
      .fatal(
        "the keys in \(path.visible) cannot be trusted: others may write to that file",
        hints: "look at it, and run 'chmod 600 \(path.visible)'")
    case .damagedFile(let path, let line):
      .fatal(
        "reading the keys failed: line \(line) of \(path.visible) is not what dev-infra writes",
        hints: "mend the line, or remove it and make the key anew")
    case .unusableName(let name):
      .fatal(
        "'\(Quoting.visible(name))' cannot be the name of a key",
        hints: "a name has 1 to 64 letters, digits, '.', '_' and '-', and begins with a letter or a digit")
    case .nameTaken(let name):
      .no(
        "a key with the name \(name) already exists",
        hints: "'dev-infra daemon key revoke \(name)' ends it; or take another name")
    case .unknownName(let name):
      .no(
        "there is no key with the name '\(Quoting.visible(name))'",
        hints: "'dev-infra daemon key list' lists the keys")
    }
  }
}
