import CGit2
import Glibc
import Platform
import Records
import SystemPackage

/// Who owns a repository, for the message that libgit2 does not give.
enum Ownership {
  /// The directory that git's rule of ownership refuses, at `directory` or above it; nil when there is none, and so
  /// another reason that a repository was not found.
  static func foreignRepository(at directory: FilePath) -> FilePath? {
    var buffer = Buffer()
    guard git_repository_discover(&buffer.raw, directory.cText, 0, "".cText) == 0, let found = buffer.path
    else {
      return nil
    }
    let workTree = found.lastComponent?.string == ".git" ? found.removingLastComponent() : found
    return [workTree, found].contains { isForeign($0) } ? workTree : nil
  }

  private static func isForeign(_ path: FilePath) -> Bool {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else { return false }
    return status.st_uid != geteuid()
  }

  /// The owner's name, or number.
  static func owner(of path: FilePath) -> String {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else { return "unknown" }
    guard let entry = getpwuid(status.st_uid), let name = entry.pointee.pw_name else {
      return "user \(status.st_uid)"
    }
    return String(cString: name)
  }
}

/// Paths as a person can paste them into a shell.
enum ShellQuoting {
  /// `path` as one word of a POSIX shell.
  static func quote(_ path: FilePath) -> String {
    let text = path.visible
    let plain = text.unicodeScalars.allSatisfy {
      $0.value >= 0x80
        || ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "/._-+,:@%".unicodeScalars.contains($0))
    }
    return plain
      ? text
      : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
