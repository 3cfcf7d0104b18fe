#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import ByteStrings
import CPlatform
public import SystemPackage

/// What this process does with itself.
public enum ThisProcess {
  /// Ends it; what it has at hand is not written out first.
  public static func exit(_ status: Int32) -> Never { systemExit(status) }

  /// Puts something in the place of standard streams that it was started without: the next file or pipe that is opened would take
  /// it, and be read from and written to for the stream.
  ///
  /// As with the stream closed, writing standard output fails, which is an error of what prints; nothing comes from standard
  /// input, and messages go nowhere.
  public static func holdStandardStreams() {
    for (stream, way) in [O_RDONLY, O_RDONLY, O_WRONLY].enumerated() where fcntl(Int32(stream), F_GETFD) < 0 {
      // It gets the lowest number that is free.
      _ = open("/dev/null", way)
    }
  }

  /// Has memory given back to the system when it is free: for commands that hold much for a moment, again and again.
  public static func returnMemory() { dev_infra_return_memory() }

  /// Has threads that come from now on share as many heaps as there are processors, and the first thread's.
  static func limitHeaps() { _ = heapsAreLimited }

  private static let heapsAreLimited: Void = dev_infra_limit_heaps(Int32(max(2, processors)))

  /// A path that leads to the executable that it runs; nil where the system does not say.
  public static var executable: FilePath? {
    #if canImport(Darwin)
      var buffer = [CChar](repeating: 0, count: 4096)
      return dev_infra_executable(&buffer, UInt32(buffer.count)) == 0 ? FilePath(platformString: buffer) : nil
    #else
      return "/proc/self/exe"
    #endif
  }

  /// The directory of the executable that it runs, with links resolved; nil where the system does not say.
  public static let folder: FilePath? = {
    #if canImport(Darwin)
      return executable?.resolved?.removingLastComponent()
    #else
      // What the system says has no links in it. Of an executable that has been deleted it says so behind the name.
      guard let path = executable, let target = try? Files.target(ofLink: path) else { return nil }
      return target.lastIndex(of: UInt8(ascii: "/")).map { FilePath(bytes: Array(target[..<max($0, 1)])) }
    #endif
  }()

  /// Has this done when it ends, unless a signal ends it; see atexit(3).
  public static func atExit(_ work: @escaping @convention(c) () -> Void) { atexit(work) }

  /// The number of the process that started it, or that took it over when that one ended.
  public static var parent: Int32 { getppid() }

  /// Makes `path` the directory that relative paths start from.
  public static func changeDirectory(_ path: FilePath) throws(SystemError) {
    guard path.withPlatformString({ chdir($0) }) == 0 else {
      throw SystemError("changing to the directory", path.visible)
    }
  }

  /// Becomes the program at `path` (execv(3)); comes back only where that fails.
  ///
  /// - Parameter words: its name and its arguments.
  /// - Returns: why it could not be run.
  public static func become(_ path: FilePath, _ words: [String]) -> Errno {
    CStrings.with(words.map { ByteText.bytes(of: $0) }) { words in
      _ = path.withPlatformString { execv($0, words) }
      return .last
    }
  }

  /// As ``become(_:_:)``, for a program that is looked for on `PATH`; its name is the first of `words`.
  public static func become(found words: [String]) -> Errno {
    CStrings.with(words.map { ByteText.bytes(of: $0) }) { words in
      _ = words[0].map { execvp($0, words) }
      return .last
    }
  }

  /// How many processors it may run on.
  public static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Writing to what nobody reads any more fails from now on, and ends the process no more.
  public static func ignoreBrokenPipes() { _ = systemSignal(SIGPIPE, SIG_IGN) }

  /// Whether the signal of a terminal that goes away is ignored, as by nohup(1).
  public static var ignoresHangUp: Bool {
    var action = sigaction()
    guard sigaction(SIGHUP, nil, &action) == 0 else { return false }
    return Interruption.isIgnoring(action)
  }
}

extension Host {
  /// Whether there is a process of this number that has not ended.
  public static func isRunning(_ process: Int32) -> Bool {
    if kill(process, 0) != 0 { return errno != ESRCH }
    // One that has ended, and that its parent has not waited for, is still there.
    return !ProcessFacts.hasEnded(process)
  }

  /// The name that a user logs in with; nil where the system knows none.
  public static func name(ofUser user: UInt32) -> String? {
    getpwuid(user)?.pointee.pw_name.map { String(cString: $0) }
  }
}
