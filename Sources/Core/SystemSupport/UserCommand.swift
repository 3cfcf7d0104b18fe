#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

/// A command of the user's that is run in a directory: what it is, what it gets, and how long it may take.
public struct UserCommand: Sendable {
  /// The program's name, looked for on `PATH`, or its path, relative to ``directory``; and its arguments, in the form of ``ByteText``.
  public let words: [String]
  /// Where it is run.
  public let directory: FilePath
  /// Variables to set for it beside what this process has.
  public var variables: [String: String] = [:]
  /// Seconds that it may take; nil: no limit.
  public var timeLimit: Double?
  /// Whether it gets what this process has: standard input, output, errors and the terminal. Otherwise it reads nothing, what
  /// it writes is handed over, and it has a session of its own, so that nobody is asked on a terminal that several share.
  public var hasTerminal = false

  /// How it ended.
  public enum Ending: Equatable, Sendable {
    /// By itself, with this status.
    case exited(Int32)
    /// By this signal.
    case signalled(Int32)
    /// By us: it took longer than it may.
    case timedOut
    /// By us, for a signal that came to this process, or since something else failed.
    case interrupted
    /// It was not even started; why.
    case notStarted(Errno)
  }

  /// What it writes to.
  public enum Stream: Int, Sendable {
    case output = 0
    case errors = 1
  }

  /// A command of these words in this directory.
  public init(_ words: [String], in directory: FilePath) {
    self.words = words
    self.directory = directory
  }

  /// Starts it with these ends of pipes; without them it has this process's streams and process group.
  func start(_ stdout: Pipe?, _ stderr: Pipe?) throws(SystemError) -> pid_t {
    var spawn = Spawn(words, variables: Environment.entries(changing: variables.mapValues { $0 }))
    if let stdout, let stderr {
      spawn.streams = (.nothing, .descriptor(stdout.writing), .descriptor(stderr.writing))
    }
    spawn.directory = directory
    spawn.company = hasTerminal ? .same : .session
    return try spawn.start()
  }
}
