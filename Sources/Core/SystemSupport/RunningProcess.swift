#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import ByteStrings
import SystemPackage

/// A program that was started, with the ends of its pipes; driven by the code that polls them.
final class RunningProcess {
  private let program: ChildProcess
  private let process: pid_t
  private let stdin: Pipe
  private let stdout: Pipe
  private let stderr: Pipe
  private var output: [UInt8] = []
  private var errors: [UInt8] = []
  private var errorCount = 0
  private var pending: ArraySlice<UInt8>
  private let start = Clock.monotonicSeconds
  private var silence = Silence()
  private var work = SilentWork()
  private var bytesWritten = 0
  private var isCounted = false
  private lazy var attendance = Attendance.limit
  private var failure: SystemError?
  private var isSilent = false
  private var isLeft = false

  init(_ program: ChildProcess) throws(SystemError) {
    self.program = program
    stdin = try Pipe()
    stdout = try Pipe()
    stderr = try Pipe()
    process = try program.start(stdin, stdout, stderr)
    stdin.closeReading()
    stdout.closeWriting()
    stderr.closeWriting()
    stdin.writesWithoutWaiting()
    pending = program.input[...]
    takeMoreInput()
  }

  /// Where all was written, asks for what comes behind it.
  private func takeMoreInput() {
    guard pending.isEmpty else { return }
    pending = program.moreInput?()?[...] ?? []
    if pending.isEmpty { stdin.closeWriting() }
  }

  /// How many descriptors ``polled`` has.
  static let polledCount = 3

  /// What is to be polled for.
  var polled: [pollfd] {
    [
      pollfd(fd: stdout.reading, events: Int16(POLLIN), revents: 0),
      pollfd(fd: stderr.reading, events: Int16(POLLIN), revents: 0),
      pollfd(fd: stdin.writing, events: Int16(POLLOUT), revents: 0),
    ]
  }

  /// Whether it has ended, is done with its output, or is to be ended.
  var isOver: Bool { failure != nil || isSilent || isLeft || !(stdout.isReading || stderr.isReading) }

  /// Takes what ``polled`` came to.
  func take(_ polled: ArraySlice<pollfd>) {
    watchTime()
    let events = polled.map(\.revents)
    // Looked at before the pipes are read: what it wrote is in them by now.
    let hasEnded = hasEnded
    if events.contains(where: { $0 != 0 }) {
      silence.end()
      work = SilentWork()
      isCounted = false
      takeOutput(events[0] != 0, events[1] != 0)
      if events[2] != 0 {
        if stdin.writeSome(of: &pending) { takeMoreInput() } else { stdin.closeWriting() }
      }
    } else if !hasEnded {
      watchSilence()
    }
    if hasEnded { takeRest() }
  }

  private func takeOutput(_ fromStdout: Bool, _ fromStderr: Bool) {
    if fromStdout { stdout.readSome(into: &output) }
    if output.count > program.outputLimit {
      failure = SystemError("reading the output of", program.program, code: .fileTooLarge)
    }
    if fromStderr {
      var piece: [UInt8] = []
      stderr.readSome(into: &piece)
      errorCount += piece.count
      if errorCount > program.errorLimit ?? (program.onErrors == nil ? ChildProcess.keptErrors : .max) {
        failure = SystemError("reading the messages of", program.program, code: .fileTooLarge)
      }
      if let onErrors = program.onErrors {
        if !piece.isEmpty { onErrors(piece) }
      } else {
        errors += piece
      }
    }
  }

  /// Whether it has ended; what it started may go on, and keep its pipes open: ssh's `ControlPersist`, a credential daemon.
  private var hasEnded: Bool {
    var info = siginfo_t()
    return waitid(P_PID, id_t(process), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_signo == SIGCHLD
  }

  /// Takes what is in the pipes of a program that has ended, and waits for no more.
  private func takeRest() {
    // A pipe holds no more than that, even if others write to it meanwhile.
    for _ in 0..<16 where stdout.isReading || stderr.isReading {
      var polled = [stdout.reading, stderr.reading].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&polled, 2, 0) > 0 else { break }
      takeOutput(polled[0].revents != 0, polled[1].revents != 0)
    }
    isLeft = true
  }

  private func watchTime() {
    guard let limit = program.timeLimit else { return }
    // That it takes its time is bounded here, and no sign that this thread is stuck.
    Watch.sign()
    if Clock.monotonicSeconds - start >= limit {
      failure = SystemError("running", Quoting.visible(program.program), code: .timedOut)
    }
  }

  private func watchSilence() {
    // A little less, so that its end and the message come within that time.
    guard let limit = program.silenceLimit.map({ $0 * 0.95 }) else { return }
    silence.goOn()
    if silence.seconds > 0.25, isWithinAttendance, Prompt.isOpen(below: process) { silence.end() }
    if !isCounted, silence.seconds >= limit / 4 {
      // What it wrote before it began to wait says nothing.
      (bytesWritten, isCounted) = (program.bytesWritten?() ?? 0, true)
    }
    guard silence.seconds >= limit || program.mayWorkSilently && silence.seconds > 0.1 else { return }
    switch program.mayWorkSilently ? work.look(below: process, silence: limit) : .atRest {
    case .working: silence.end()
    case .unknown: break
    case .atRest where silence.seconds >= limit:
      let bytes = program.bytesWritten?() ?? 0
      isSilent = bytes <= bytesWritten
      if !isSilent { silence.end() }
      bytesWritten = bytes
    case .atRest: break
    }
  }

  /// Whether it may still wait for a person.
  private var isWithinAttendance: Bool { attendance.map { Clock.monotonicSeconds - start < $0 } ?? true }

  /// Makes it one that a signal to this process stopped.
  func interrupt() {
    if program.endsByItself { return }
    failure = SystemError("running", Quoting.visible(program.program), code: .interrupted)
  }

  /// Waits for its end; ends it and its children first where it is not done by itself.
  func finish() throws(SystemError) -> ChildProcess.Result {
    if isSilent || failure != nil {
      // Nobody has said that it hangs where it was a signal: it is given the time to take its locks away.
      let grace = failure?.code == .interrupted ? max(program.grace, 2) : program.grace
      ProcessTree.end(process, grace: grace)
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    let termination = isSilent ? .silent : ChildProcess.Termination(status: status)
    Trace.report(
      .ended(
        process: process, program: program.program, termination: failure == nil ? termination : nil,
        seconds: Clock.monotonicSeconds - start))
    if let failure { throw failure }
    return ChildProcess.Result(termination: termination, output: output, errors: errors)
  }
}

/// How long a program has said nothing. Time in which this process was stopped is not counted.
private struct Silence {
  private(set) var seconds = 0.0
  private var lookedAt = Clock.monotonicSeconds

  mutating func end() {
    seconds = 0
    lookedAt = Clock.monotonicSeconds
  }

  mutating func goOn() {
    let now = Clock.monotonicSeconds
    seconds += min(now - lookedAt, 1)
    lookedAt = now
  }
}
