#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import ByteStrings
import Synchronization
import SystemPackage

/// Runs another program and waits for it; ``Spawn`` starts it.
public struct ChildProcess: Sendable {
  /// How a program ended.
  public enum Termination: Equatable, Sendable {
    /// By itself, with this status.
    case exited(Int32)
    /// By this signal.
    case signalled(Int32)
    /// By us, because it said nothing for the time allowed.
    case silent

    /// How a process with this status ended; see wait(2).
    init(status: Int32) {
      let signal = status & 0x7F
      self = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
    }
  }

  /// What a program that ran left behind.
  public struct Result: Sendable {
    /// How it ended.
    public let termination: Termination
    /// What it wrote to stdout, where that was captured.
    public let output: [UInt8]
    /// What it wrote to stderr, where that was captured.
    public let errors: [UInt8]
  }

  /// The program's name, looked for on `PATH`, or its path.
  public var program: String
  /// Its arguments, in the form of ``ByteText``.
  public var arguments: [String]
  /// What it reads on stdin; nothing unless given.
  public var input: [UInt8] = []
  /// Asked for what it reads behind ``input``, piece by piece and none of them empty, until there is no more; on the thread that
  /// waits for it.
  public var moreInput: (@Sendable () -> [UInt8]?)?
  /// Variables to set (or, with nil, to unset) for it beside what this process has.
  public var environment: [String: String?] = [:]
  /// Whether its stdout is captured, or goes where this process's does.
  public var capturesOutput = true
  /// Called with each piece of stderr as it comes; without it stderr is captured.
  public var onErrors: (@Sendable ([UInt8]) -> Void)?
  /// The most bytes of stdout that are kept; with more the program is stopped and `EFBIG` thrown.
  public var outputLimit = 1 << 30
  /// The most bytes of stderr that are taken; with more the program is stopped and `EFBIG` thrown. Nil: as many as are kept
  /// for ``Result/errors``, and without a limit what goes to ``onErrors``.
  public var errorLimit: Int?
  /// The most bytes of stderr that are kept.
  public static let keptErrors = 16 << 20
  /// Seconds that it may say nothing, on stdout or stderr, before it and its children are stopped; nil: no limit.
  ///
  /// Time in which it or a child of its waits for a person does not count.
  public var silenceLimit: Double?
  /// Whether it is silent only while it is at rest: time in which it, or what it has started, computes or waits for a disk does not
  /// count either, up to sixty times the limit. So a slow computer is not taken for another one that does not answer.
  public var mayWorkSilently = false
  /// How many bytes it has written where its output does not tell: asked when its time is over, which begins anew where there are more
  /// than there were.
  public var bytesWritten: (@Sendable () -> Int)?
  /// Seconds that it may take before it and its children are stopped, and `ETIMEDOUT` thrown; nil: no limit.
  public var timeLimit: Double?
  /// Whether it has no terminal that it could ask a person on: it runs in a session of its own.
  public var isWithoutTerminal = false
  /// Whether it goes on to its end when a signal comes that ``Interruption`` watches for: it writes what nobody wants half
  /// of. One of the terminal's does not reach it either where it is without.
  public var endsByItself = false
  /// Seconds that it gets to clear away what it has begun when it is ended.
  public var grace = 0.05
  /// Bytes of memory (`RLIMIT_DATA`) that it, and each of its children, may take; nil: no limit.
  public var memoryLimit: Int?
  /// Bytes that a file which it or its children write may have (`RLIMIT_FSIZE`); nil: no limit.
  public var fileSizeLimit: Int?

  /// Whether this process keeps its descriptors to itself, as a server does: its sockets and files are no business of what
  /// it runs. Else a program may have been given one on purpose, as by the shell's `<(…)`.
  public static var keepsDescriptors: Bool {
    get { keeping.withLock { $0 } }
    set { keeping.withLock { $0 = newValue } }
  }

  private static let keeping = Mutex(false)

  /// A program to run.
  public init(_ program: String, _ arguments: [String]) {
    self.program = program
    self.arguments = arguments
  }

  /// Runs it to its end: that of the program itself, whatever it leaves behind.
  ///
  /// - Throws: ``SystemError`` when it could not be started (`ENOENT` where there is no such program) or listened to,
  ///   and `EINTR` when a signal came that ``Interruption`` watches for.
  public func run() throws(SystemError) -> Result {
    var given: ChildProcess? = self
    var result: Swift.Result<Result, SystemError>?
    ChildPool.run(atMost: 1) {
      defer { given = nil }
      return given.map { ((), $0) }
    } ended: {
      result = $1
    }
    // Nothing is started once a signal has come.
    guard let result else { throw SystemError("running", Quoting.visible(program), code: .interrupted) }
    return try result.get()
  }

  /// Starts a program in a process group of its own, with nothing to read and nobody to write to, and does not wait for it.
  ///
  /// - Returns: it, which may be let go of.
  /// - Throws: ``SystemError`` when it could not be started.
  @discardableResult
  public static func startDetached(
    _ program: String, _ arguments: [String], environment: [String: String?]
  ) throws(SystemError) -> DetachedProcess {
    var environment = environment
    // The descriptor of a trace is closed as well, and its number may be another file's there.
    if case .descriptor = TraceTarget(Environment["DEV_INFRA_TRACE"]) {
      environment["DEV_INFRA_TRACE"] = .some(nil)
    }
    var spawn = Spawn([program] + arguments, variables: Environment.entries(changing: environment))
    spawn.streams = (.nothing, .nothing, .nothing)
    // An interrupt at the terminal is not meant for it. Whatever else is open here, pipes of a hook and sockets of a server,
    // would stay open for as long as it runs.
    spawn.company = .group
    spawn.closesDescriptors = true
    return DetachedProcess(try spawn.start())
  }

  /// Starts it with the ends of these pipes.
  func start(
    _ stdin: borrowing Pipe, _ stdout: borrowing Pipe, _ stderr: borrowing Pipe
  ) throws(SystemError) -> pid_t {
    var spawn = Spawn([program] + arguments, variables: Environment.entries(changing: environment))
    spawn.streams = (
      .descriptor(stdin.reading), capturesOutput ? .descriptor(stdout.writing) : .inherited,
      .descriptor(stderr.writing)
    )
    spawn.company = isWithoutTerminal ? .session : .same
    spawn.closesDescriptors = Self.keepsDescriptors
    spawn.memoryLimit = memoryLimit
    spawn.fileSizeLimit = fileSizeLimit
    return try spawn.start()
  }
}

/// A process and all that it started.
enum ProcessTree {
  /// Ends `process` and its descendants, which may have blocked on a network and would outlive it.
  ///
  /// - Parameter grace: the most seconds that they get to clear away first.
  static func end(_ process: pid_t, grace: Double = 0.05) {
    let all = descendants(of: process)
    for one in [process] + all { kill(one, SIGTERM) }
    let end = Clock.monotonicSeconds + grace
    repeat {
      usleep(50_000)
      var info = siginfo_t()
      if waitid(P_PID, id_t(process), &info, WEXITED | WNOHANG | WNOWAIT) == 0, info.si_signo == SIGCHLD,
        !all.contains(where: Host.isRunning)
      {
        break
      }
    } while Clock.monotonicSeconds < end
    for one in [process] + all { kill(one, SIGKILL) }
  }

  /// The children of `process`, theirs, and so on.
  static func descendants(of process: pid_t) -> [pid_t] {
    ProcessFacts.children(of: process).flatMap { [$0] + descendants(of: $0) }
  }
}
