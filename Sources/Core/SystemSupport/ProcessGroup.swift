#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import ByteStrings
import CPlatform
import Synchronization
import SystemPackage

/// A program in a process group of its own, with all that it starts, fed from a file and heard through a socket: what a
/// server runs for a client, and must be able to end as a whole.
public final class ProcessGroup: Sendable {
  /// The program and what it gets.
  public struct Program {
    /// Its name, looked for on `PATH`, and its arguments.
    public let words: [String]
    /// Its variables, and no others.
    public let variables: [String: String]
    /// What it reads; nil: nothing.
    public let input: Int32?
    /// Where it writes errors.
    public let errors: Int32

    /// A program of its parts.
    public init(_ words: [String], variables: [String: String], input: Int32?, errors: Int32) {
      (self.words, self.variables, self.input, self.errors) = (words, variables, input, errors)
    }
  }

  /// A signal that ends a program.
  public enum Signal: Sendable {
    /// SIGTERM: it may clear away first.
    case terminate
    /// SIGKILL.
    case kill
  }

  /// Where its output comes from; the caller closes it.
  public let output: Int32
  private let process: pid_t
  private let name: String
  private let start = Clock.monotonicSeconds
  private let isWaitedFor = Mutex(false)

  /// Starts it.
  ///
  /// - Parameter name: what to call it in an error.
  public init(_ program: Program, name: String) throws(SystemError) {
    // Sockets and not pipes: no other process that is just being started gets hold of them, which would keep this one
    // from seeing the end of its input.
    var ends: [Int32] = [-1, -1]
    guard dev_infra_socket_pair(&ends) == 0 else { throw SystemError("running", name) }
    let ours = OpenFile(owning: ends[0])
    let its = OpenFile(owning: ends[1])
    var spawn = Spawn(
      program.words, variables: program.variables.map { ByteText.bytes(of: "\($0.key)=\($0.value)") })
    spawn.streams = (
      program.input.map { .descriptor($0) } ?? .nothing, .descriptor(its.descriptor),
      .descriptor(program.errors)
    )
    spawn.company = .group
    // The server's sockets are not for it: held open by a gc they would keep the address, and clients waiting.
    spawn.closesDescriptors = true
    spawn.resetsSignals = true
    process = try spawn.start(name: name)
    self.name = program.words.first ?? name
    output = ours.release()
  }

  /// Signals the program and all that it started; nothing once it was waited for.
  public func end(by signal: Signal) {
    isWaitedFor.withLock { isWaitedFor in
      if !isWaitedFor { kill(-process, signal == .kill ? SIGKILL : SIGTERM) }
    }
  }

  /// Waits for its end, on this thread. Called once.
  ///
  /// - Returns: whether it ended well, with 0.
  public func wait() -> Bool {
    // Without taking it from the system's table yet: its number stays its own until nobody signals it any more.
    var information = siginfo_t()
    while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    return isWaitedFor.withLock { isWaitedFor in
      var status: Int32 = 0
      waitpid(process, &status, 0)
      isWaitedFor = true
      Trace.report(
        .ended(
          process: process, program: name, termination: ChildProcess.Termination(status: status),
          seconds: Clock.monotonicSeconds - start))
      return status == 0
    }
  }
}
