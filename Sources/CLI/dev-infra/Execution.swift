import Terminal
import SystemSupport
import ByteStrings
import SystemPackage

/// Becoming another program: its status, its signals and the terminal are then its own affair.
enum Execution {
  /// Replaces this process by the program at `path`; returns only by throwing.
  ///
  /// - Parameter name: what it is called as; its path unless given.
  static func become(
    _ path: FilePath, _ arguments: [String], as name: String? = nil
  ) throws(Failure) -> Never {
    let code = execute(path, [name ?? path.text] + arguments)
    if code == .execFormatError {
      // A script without a `#!` line: the shell runs it, as execvp(3) and git have it.
      _ = execute("/bin/sh", ["/bin/sh", path.text] + arguments)
    }
    throw Failure(SystemError("running", path.visible, code: code))
  }

  /// Replaces this process by `sh -c script`, with the arguments appended to the script as git does for aliases.
  static func becomeShell(_ script: String, _ arguments: [String]) throws(Failure) -> Never {
    let text = arguments.isEmpty ? script : script + " \"$@\""
    let code = execute("/bin/sh", ["/bin/sh", "-c", text, script] + arguments)
    throw Failure(SystemError("running", "/bin/sh", code: code))
  }

  /// Replaces this process by the program `name` from `PATH`.
  ///
  /// - Returns: when there is none.
  static func becomeIfFound(_ name: String, _ arguments: [String]) throws(Failure) {
    let code = ThisProcess.become(found: [name] + arguments)
    if code != .noSuchFileOrDirectory { throw Failure(SystemError("running", name, code: code)) }
  }

  private static func execute(_ path: FilePath, _ words: [String]) -> Errno {
    Trace.report(.becoming(program: path.text, arguments: Array(words.dropFirst())))
    return ThisProcess.become(path, words)
  }
}
