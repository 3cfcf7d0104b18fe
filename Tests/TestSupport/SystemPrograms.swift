import SystemSupport
public import SystemPackage

/// What tests do to the system that the toolset never does, by the system's own programs.
public enum SystemPrograms {
  /// Whether the tests run as root, who alone can make a file somebody else's.
  public static let areRoots = (try? output("id", "-u")) == "0\n"

  /// Makes a named pipe.
  public static func makePipe(_ path: FilePath) throws { _ = try output("mkfifo", path.text) }

  /// Makes a file or directory that of another user, by number.
  public static func give(_ path: FilePath, toUser user: Int) throws {
    _ = try output("chown", "\(user):\(user)", path.text)
  }

  /// Makes a file as large as this, without taking room on the disk.
  public static func grow(_ path: FilePath, to bytes: Int) throws {
    _ = try output("truncate", "--size=\(bytes)", path.text)
  }

  /// Ends a process at once.
  public static func kill(_ process: Int32) throws {
    _ = try output("sh", "-c", "kill -KILL \"$1\"", "sh", "\(process)")
  }

  private static func output(_ words: String...) throws -> String {
    let result = try ChildProcess(words[0], Array(words.dropFirst())).run()
    guard result.termination == .exited(0) else {
      throw FailedProgram(words: words, said: String(decoding: result.errors, as: UTF8.self))
    }
    return String(decoding: result.output, as: UTF8.self)
  }

  private struct FailedProgram: Error {
    let words: [String]
    let said: String
  }
}
