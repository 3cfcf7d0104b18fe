#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import ByteStrings
import CPlatform
import ProcessLimits
import SystemPackage

/// The start of another program: the one call of posix_spawn(3). ``ChildProcess``, ``UserCommand`` and ``ProcessGroup`` say with
/// what; ``ChildPool`` and ``CommandPool`` wait for the first two.
///
/// swift-subprocess is not used. All that it runs a program by is `async`, and is to be awaited by a task of its own for each
/// stream; here one thread, to which libgit2's objects and the registry's locks belong, waits at once for many programs, for a signal,
/// and for a program that says nothing while nobody is being asked for a password. It knows no limits (prlimit(2)),
/// no program that outlives the one that starts it, and it passes on no descriptors beside the three.
struct Spawn {
  /// What one of the three standard streams of the program is.
  enum Stream {
    /// This process's.
    case inherited
    /// Nothing: reading finds the end, what is written is dropped.
    case nothing
    /// An open file, which stays open here.
    case descriptor(Int32)
  }

  /// Which processes a signal of the terminal's, or one to its group, means as well.
  enum Company {
    /// This process and its others.
    case same
    /// Those that it starts: an interrupt at the terminal is not for it.
    case group
    /// Those that it starts, which have no terminal either.
    case session
  }

  /// The program's name, looked for on `PATH`, or its path, and its arguments, in the form of ``ByteText``.
  var words: [String]
  /// Its variables, `NAME=VALUE` each.
  var variables: [[UInt8]]
  /// What it reads, and where it writes output and errors.
  var streams: (input: Stream, output: Stream, errors: Stream) = (.inherited, .inherited, .inherited)
  /// Where it is started; nil: where this process is.
  var directory: FilePath?
  var company = Company.same
  /// Whether it gets no other descriptor than the three. Else one that this process was given on purpose, as by the shell's
  /// `<(…)`, is its, too.
  var closesDescriptors = false
  /// Whether it ignores no signal but by its own choice. Else it ignores what this process was told to ignore, as by nohup(1).
  /// It never blocks any.
  var resetsSignals = false
  /// Bytes of memory (`RLIMIT_DATA`) that it, and each of its children, may take; nil: no limit.
  var memoryLimit: Int?
  /// Bytes that a file which it or its children write may have (`RLIMIT_FSIZE`); nil: no limit.
  var fileSizeLimit: Int?

  init(_ words: [String], variables: [[UInt8]]) {
    self.words = words
    self.variables = variables
  }

  /// Starts it.
  ///
  /// - Parameter name: what to call it in an error; its first word without.
  /// - Throws: ``SystemError``, `ENOENT` where there is no such program, or no such directory.
  func start(name: String? = nil) throws(SystemError) -> pid_t {
    var actions = Self.noActions
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in [streams.input, streams.output, streams.errors].enumerated() {
      switch stream {
      case .inherited: if closesDescriptors { _ = dev_infra_keep(&actions, Int32(number)) }
      case .nothing: posix_spawn_file_actions_addopen(&actions, Int32(number), "/dev/null", O_RDWR, 0)
      case .descriptor(let file): posix_spawn_file_actions_adddup2(&actions, file, Int32(number))
      }
    }
    if closesDescriptors { _ = dev_infra_close_from(&actions, 3) }
    if let directory { _ = directory.withPlatformString { dev_infra_change_directory(&actions, $0) } }
    var attributes = Self.noAttributes
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    setAttributes(&attributes)
    var process: pid_t = 0
    let started = LimitedCommand.words(
      words, memory: memoryLimit, fileSize: fileSizeLimit, isBoundLater: Self.boundsProcesses)
    let code = CStrings.with(started.map { ByteText.bytes(of: $0) }) { words in
      CStrings.with(variables) { variables in
        words[0].map { posix_spawnp(&process, $0, &actions, &attributes, words, variables) } ?? EINVAL
      }
    }
    let program = words.first ?? ""
    guard code == 0 else {
      throw SystemError("running", name ?? Quoting.visible(program), code: Errno(rawValue: code))
    }
    if Self.boundsProcesses {
      // posix_spawn(3) has no attribute for limits; the program has hardly begun now.
      if let memoryLimit { process_limit_memory(process, UInt64(memoryLimit)) }
      if let fileSizeLimit { process_limit_file_size(process, UInt64(fileSizeLimit)) }
    }
    Trace.report(.started(process: process, program: program, arguments: Array(words.dropFirst())))
    return process
  }

  #if canImport(Darwin)
    /// Pointers there, which nothing has set before their `init`.
    private typealias Actions = posix_spawn_file_actions_t?
    private typealias Attributes = posix_spawnattr_t?
    private static var noActions: Actions { nil }
    private static var noAttributes: Attributes { nil }
    private static let boundsProcesses = false
  #else
    private typealias Actions = posix_spawn_file_actions_t
    private typealias Attributes = posix_spawnattr_t
    private static var noActions: Actions { Actions() }
    private static var noAttributes: Attributes { Attributes() }
    /// Whether the system bounds a process that runs (prlimit(2)).
    private static let boundsProcesses = true
  #endif

  private func setAttributes(_ attributes: inout Attributes) {
    var flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    // The mask is that of the thread, and those of Swift's own pool block what ends a process: a program that had it from
    // there could not be asked to end.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var signals = sigset_t()
    if resetsSignals {
      sigfillset(&signals)
    } else {
      // This process ignores the first while it runs programs, and listens to the second.
      sigemptyset(&signals)
      for number in [SIGPIPE, SIGCHLD] { sigaddset(&signals, number) }
    }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    switch company {
    case .same: break
    case .group: flags |= POSIX_SPAWN_SETPGROUP
    case .session: flags |= dev_infra_spawn_session
    }
    if closesDescriptors { flags |= dev_infra_spawn_close_default }
    posix_spawnattr_setflags(&attributes, Int16(flags))
  }
}

/// A program with limits, where the system cannot bound one that runs: a shell bounds itself, and becomes it.
package enum LimitedCommand {
  /// The words to start.
  ///
  /// - Parameters:
  ///   - memory: bytes of memory (`ulimit -d`), as far as the system counts them.
  ///   - fileSize: bytes of a file that is written (`ulimit -f`, whose blocks are 512 bytes in some shells and 1024 in others).
  ///   - isBoundLater: whether the caller bounds it itself, and the words stay what they are.
  package static func words(_ words: [String], memory: Int?, fileSize: Int?, isBoundLater: Bool) -> [String] {
    var limits: [String] = []
    if let memory { limits.append("ulimit -d \(max(1, memory / 1024)) 2>/dev/null") }
    if let fileSize { limits.append("ulimit -f \(max(1, (fileSize + 511) / 512)) 2>/dev/null") }
    if isBoundLater || limits.isEmpty { return words }
    return ["/bin/sh", "-c", limits.joined(separator: "; ") + #"; exec "$@""#, "sh"] + words
  }
}
