import CGlibc
import Dispatch
import Glibc
import NIOCore
import NIOPosix
import SystemSupport
import ByteStrings
import Synchronization

/// A running `git http-backend`, in a process group of its own with all that it starts.
final class GitProcess: Sendable {
  /// Where its output comes from; the caller closes it.
  let output: Int32
  private let process: pid_t
  private let errors: Int32
  private let isWaitedFor = Mutex(false)

  /// Starts it with these variables and no others.
  ///
  /// - Parameters:
  ///   - input: what it reads; nil: nothing.
  ///   - memory: the most memory that each of its processes may take, in bytes.
  init(_ variables: [String: String], input: Int32?, memory: Int) throws(SystemError) {
    var descriptors: [Int32] = []
    var isStarted = false
    defer { if !isStarted { for descriptor in descriptors { close(descriptor) } } }
    // Sockets and not pipes: no other process that is just being started gets hold of them, which would keep this one
    // from seeing the end of its input.
    func pair() throws(SystemError) -> (ours: Int32, its: Int32) {
      var ends: [Int32] = [-1, -1]
      let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
      guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SystemError("running", "git http-backend") }
      descriptors += ends
      return (ends[0], ends[1])
    }
    let stdout = try pair()
    errors = try Self.namelessFile()
    descriptors.append(errors)
    process = try Self.spawn(variables, input, [stdout.its, errors], memory)
    isStarted = true
    close(stdout.its)
    output = stdout.ours
  }

  /// Ends it and all that it started: first as git likes it, which removes then what it has of a push, and soon after
  /// whatever is still there.
  func end() {
    signal(SIGTERM)
    DispatchQueue.global().asyncAfter(deadline: .now() + 2) { self.signal(SIGKILL) }
  }

  private func signal(_ number: Int32) {
    isWaitedFor.withLock { isWaitedFor in
      if !isWaitedFor { kill(-process, number) }
    }
  }

  /// Waits for its end. Called once.
  ///
  /// - Returns: what it said of errors, nothing where it ended well.
  func wait() async -> String? {
    let process = process
    let status = try? await NIOThreadPool.singleton.runIfActive {
      // Without taking it from the system's table yet: its number stays its own until nobody signals it any more.
      var information = siginfo_t()
      while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
      return self.isWaitedFor.withLock { isWaitedFor in
        var status: Int32 = 0
        waitpid(process, &status, 0)
        isWaitedFor = true
        return status
      }
    }
    defer { close(errors) }
    guard status != 0 else { return nil }
    var text = [UInt8](repeating: 0, count: 2048)
    let count = max(0, pread(errors, &text, text.count, 0))
    return Quoting.visible(ByteText.string(from: text[..<count]))
  }

  /// The most seconds of a processor that each of its processes may take.
  private static let processorTime = 300

  /// A file for what it says of errors, which goes to the log.
  private static func namelessFile() throws(SystemError) -> Int32 {
    var path = ByteText.bytes(of: (Environment["TMPDIR"] ?? "/tmp") + "/dev-infra-XXXXXX").map {
      CChar(bitPattern: $0)
    }
    path.append(0)
    let descriptor = dev_infra_temporary_file(&path, O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError("running", "git http-backend") }
    unlink(path)
    return descriptor
  }

  private static func spawn(
    _ variables: [String: String], _ input: Int32?, _ outputs: [Int32], _ memory: Int
  ) throws(SystemError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    for (number, descriptor) in outputs.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number) + 1)
    }
    // The server's sockets are none of its: held open by a gc they would keep the address, and clients waiting.
    _ = dev_infra_close_from(&actions, 3)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A server ignores signals and blocks others; git does neither.
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    // The shell sets the limits, which hold for all that git starts. Memory that files are mapped into does not count.
    let limits = "ulimit -S -d \(memory >> 10) && ulimit -S -t \(processorTime) && exec git http-backend"
    let words = ["sh", "-c", limits].map { Array($0.utf8) }
    let environment = variables.map { ByteText.bytes(of: "\($0.key)=\($0.value)") }
    var process: pid_t = 0
    let code = CStrings.with(words) { words in
      CStrings.with(environment) { posix_spawnp(&process, "sh", &actions, &attributes, words, $0) }
    }
    guard code == 0 else { throw SystemError("running", "git http-backend", code: code) }
    return process
  }
}
