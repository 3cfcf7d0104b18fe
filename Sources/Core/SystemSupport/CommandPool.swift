#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import SystemPackage

/// Runs commands of the user's side by side, in one thread, and hands over what they write as it comes.
///
/// Where they are ended early, it is with all that they have started, as far as that has not left their session: by
/// SIGTERM or the signal that came here, and by SIGKILL where that is not enough.
public enum CommandPool {
  /// Seconds between a signal and the next, stronger one.
  private static let patience = 2.0
  /// Seconds in which a program that got an interrupt from the terminal itself decides what that means to it.
  private static let patienceAtTerminal = 3.0

  /// Runs commands, at most `limit` at a time, until there are no more.
  ///
  /// When a signal that ``Interruption`` watches for comes, all that run are ended, and no other is started.
  ///
  /// - Parameters:
  ///   - next: the next command, with what the caller knows it by; nil when there are no more.
  ///   - received: told what a command wrote.
  ///   - ended: told of each as it has ended or could not be started, and after how many seconds; whether to go on with others.
  /// - Throws: what the closures throw, once all commands have ended.
  public static func run<Key>(
    atMost limit: Int, next: () throws -> (key: Key, command: UserCommand)?,
    received: (Key, UserCommand.Stream, [UInt8]) throws -> Void,
    ended: (Key, UserCommand.Ending, Double) throws -> Bool
  ) throws {
    let former = try ChildSignal.begin()
    defer { ChildSignal.end(former) }
    let formerPipe = signal(SIGPIPE, SIG_IGN)
    defer { signal(SIGPIPE, formerPipe) }
    var running: [RunningCommand<Key>] = []
    var goesOn = true
    var failure: (any Error)?
    func attempt(_ body: () throws -> Void) {
      guard failure == nil else { return }
      do { try body() } catch {
        failure = error
        goesOn = false
        for one in running { one.end(.interrupted, by: SIGTERM) }
      }
    }
    while true {
      if Interruption.signal != nil { goesOn = false }
      while goesOn, running.count < limit {
        var given: (key: Key, command: UserCommand)?
        attempt { given = try next() }
        guard let (key, command) = given else {
          goesOn = false
          break
        }
        do throws(SystemError) {
          running.append(try RunningCommand(key, command))
        } catch {
          let code = error.code
          attempt { goesOn = try ended(key, .notStarted(code), 0) }
        }
      }
      if running.isEmpty { break }
      wait(for: running)
      if let number = Interruption.signal { for one in running { one.interrupt(number) } }
      for one in running { one.watchTime() }
      for one in running {
        one.take { stream, bytes in attempt { try received(one.key, stream, bytes) } }
      }
      let over = running.filter(\.hasEnded)
      running.removeAll { one in over.contains { $0 === one } }
      for one in over {
        one.takeRest { stream, bytes in attempt { try received(one.key, stream, bytes) } }
        let (ending, seconds) = one.finish()
        attempt { if try !ended(one.key, ending, seconds) { goesOn = false } }
      }
    }
    if let failure { throw failure }
  }

  private static func wait<Key>(for running: [RunningCommand<Key>]) {
    var polled = [ChildSignal.descriptor].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    // Once a signal has come its pipe stays readable.
    let bell = Interruption.signal == nil ? Interruption.descriptor : -1
    polled.append(pollfd(fd: bell, events: Int16(POLLIN), revents: 0))
    for one in running { polled += one.polled }
    let next = running.compactMap(\.nextTime).min()
    let milliseconds = next.map { Int32(max(0, min(($0 - Clock.monotonicSeconds) * 1000, 1e8)).rounded(.up)) }
    guard poll(&polled, nfds_t(polled.count), milliseconds ?? -1) > 0 else {
      for one in running { one.ready = (false, false) }
      return
    }
    if polled[0].revents != 0 { ChildSignal.take() }
    for (index, one) in running.enumerated() {
      one.ready = (polled[2 + 2 * index].revents != 0, polled[3 + 2 * index].revents != 0)
    }
  }

  /// A command that was started.
  private final class RunningCommand<Key> {
    let key: Key
    var ready = (output: false, errors: false)
    private let command: UserCommand
    private let process: pid_t
    private let stdout: Pipe?
    private let stderr: Pipe?
    private let start = Clock.monotonicSeconds
    /// Why it is ended early.
    private var reason: UserCommand.Ending?
    /// The signals that it has still to get, each with its time.
    private var coming: [(time: Double, signal: Int32)] = []

    init(_ key: Key, _ command: UserCommand) throws(SystemError) {
      self.key = key
      self.command = command
      stdout = command.hasTerminal ? nil : try Pipe()
      stderr = command.hasTerminal ? nil : try Pipe()
      process = try command.start(stdout, stderr)
      stdout?.closeWriting()
      stderr?.closeWriting()
    }

    var polled: [pollfd] {
      [stdout, stderr].map { pollfd(fd: $0?.reading ?? -1, events: Int16(POLLIN), revents: 0) }
    }

    /// When something is to be done about it, whatever happens.
    var nextTime: Double? {
      if let time = coming.first?.time { return time }
      return reason == nil ? command.timeLimit.map { start + $0 } : nil
    }

    func watchTime() {
      let now = Clock.monotonicSeconds
      if reason == nil, let limit = command.timeLimit, now - start >= limit { end(.timedOut, by: SIGTERM) }
      while let (time, number) = coming.first, time <= now {
        coming.removeFirst()
        signal(number)
      }
    }

    /// Ends it for a signal that came to this process.
    func interrupt(_ number: Int32) {
      guard reason == nil else { return }
      guard command.hasTerminal, number == SIGINT, Terminal.isAtHand else {
        return end(.interrupted, by: number)
      }
      // It got the same from the terminal. Some ask, or save what they have.
      reason = .interrupted
      let time = Clock.monotonicSeconds + CommandPool.patienceAtTerminal
      coming = [(time, SIGTERM), (time + CommandPool.patience, SIGKILL)]
    }

    func end(_ ending: UserCommand.Ending, by number: Int32) {
      guard reason == nil else { return }
      reason = ending
      signal(number)
      coming = [(Clock.monotonicSeconds + CommandPool.patience, SIGKILL)]
    }

    private func signal(_ number: Int32) {
      if command.hasTerminal {
        for one in [process] + ProcessTree.descendants(of: process) { kill(one, number) }
      } else {
        kill(-process, number)
        // One that was stopped ends as well.
        if number != SIGKILL { kill(-process, SIGCONT) }
      }
    }

    func take(_ received: (UserCommand.Stream, [UInt8]) -> Void) {
      if ready.output { take(.output, received) }
      if ready.errors { take(.errors, received) }
    }

    private func take(_ stream: UserCommand.Stream, _ received: (UserCommand.Stream, [UInt8]) -> Void) {
      guard let pipe = stream == .output ? stdout : stderr, pipe.isReading else { return }
      var bytes: [UInt8] = []
      pipe.readSome(into: &bytes)
      if !bytes.isEmpty { received(stream, bytes) }
    }

    /// Whether it has ended; what it started may go on, and keep its pipes open.
    var hasEnded: Bool {
      var info = siginfo_t()
      return waitid(P_PID, id_t(process), &info, WEXITED | WNOHANG | WNOWAIT) == 0
        && info.si_signo == SIGCHLD
    }

    /// Takes what is in the pipes of a program that has ended, and waits for no more.
    func takeRest(_ received: (UserCommand.Stream, [UInt8]) -> Void) {
      // A pipe holds no more than that, even if others write to it meanwhile.
      for _ in 0..<32 where stdout?.isReading ?? false || stderr?.isReading ?? false {
        var polled = polled
        guard poll(&polled, 2, 0) > 0 else { return }
        if polled[0].revents != 0 { take(.output, received) }
        if polled[1].revents != 0 { take(.errors, received) }
      }
    }

    /// Takes it off the system's table; called once it has ended.
    func finish() -> (UserCommand.Ending, Double) {
      // Until it is waited for, its number and its group's are its own.
      if reason != nil, !command.hasTerminal { kill(-process, SIGKILL) }
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0 && errno == EINTR {}
      let seconds = Clock.monotonicSeconds - start
      let number = status & 0x7F
      let termination: ChildProcess.Termination =
        number == 0 ? .exited((status >> 8) & 0xFF) : .signalled(number)
      Trace.report(
        .ended(
          process: process, program: command.words.first ?? "",
          termination: reason == nil ? termination : nil, seconds: seconds))
      if let reason { return (reason, seconds) }
      switch termination {
      case .exited(let status): return (.exited(status), seconds)
      case .signalled(let number): return (.signalled(number), seconds)
      case .silent: return (.interrupted, seconds)
      }
    }
  }
}
