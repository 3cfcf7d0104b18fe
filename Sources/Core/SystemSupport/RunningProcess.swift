import Glibc
import ByteStrings

/// A program that was started, with the ends of its pipes; driven by whoever polls them.
final class RunningProcess {
  private let program: ChildProcess
  private let process: pid_t
  private let stdin: Pipe
  private let stdout: Pipe
  private let stderr: Pipe
  private var output: [UInt8] = []
  private var errors: [UInt8] = []
  private var pending: ArraySlice<UInt8>
  private var last = Clock.monotonicSeconds
  private let start = Clock.monotonicSeconds
  private var failure: SystemError?
  private var isSilent = false

  init(_ program: ChildProcess) throws(SystemError) {
    self.program = program
    stdin = try Pipe()
    stdout = try Pipe()
    stderr = try Pipe()
    process = try program.spawn(stdin, stdout, stderr)
    Trace.report(.started(process: process, program: program.program, arguments: program.arguments))
    stdin.closeReading()
    stdout.closeWriting()
    stderr.closeWriting()
    pending = program.input[...]
    if pending.isEmpty { stdin.closeWriting() }
  }

  /// How many descriptors ``polled`` has.
  static let polledCount = 3

  /// What is to be polled for.
  var polled: [pollfd] {
    [
      pollfd(fd: stdout.reading, events: Int16(POLLIN), revents: 0),
      pollfd(fd: stderr.reading, events: Int16(POLLIN), revents: 0),
      pollfd(fd: pending.isEmpty ? -1 : stdin.writing, events: Int16(POLLOUT), revents: 0),
    ]
  }

  /// Whether it is done with its output, or to be ended.
  var isOver: Bool { failure != nil || isSilent || !(stdout.isReading || stderr.isReading) }

  /// Whether its silence is limited.
  var isTimed: Bool { program.silenceLimit != nil || program.timeLimit != nil }

  /// Takes what ``polled`` came to.
  func take(_ polled: ArraySlice<pollfd>) {
    watchTime()
    let events = polled.map(\.revents)
    guard events.contains(where: { $0 != 0 }) else { return watchSilence() }
    last = Clock.monotonicSeconds
    if events[0] != 0 { stdout.readSome(into: &output) }
    if output.count > program.outputLimit {
      failure = SystemError("reading the output of", program.program, code: EFBIG)
    }
    if events[1] != 0 {
      var piece: [UInt8] = []
      stderr.readSome(into: &piece)
      if let onErrors = program.onErrors {
        if !piece.isEmpty { onErrors(piece) }
      } else {
        errors += piece
      }
    }
    if events[2] != 0 {
      stdin.writeSome(of: &pending)
      if pending.isEmpty { stdin.closeWriting() }
    }
  }

  private func watchTime() {
    guard let limit = program.timeLimit else { return }
    // That it takes its time is bounded here, and no sign that this thread is stuck.
    Watch.sign()
    if Clock.monotonicSeconds - start >= limit {
      failure = SystemError("running", Quoting.visible(program.program), code: ETIMEDOUT)
    }
  }

  private func watchSilence() {
    guard let limit = program.silenceLimit else { return }
    if Terminal.isAskingForSecret { last = Clock.monotonicSeconds }
    if Clock.monotonicSeconds - last >= limit { isSilent = true }
  }

  /// Makes it one that a signal to this process stopped.
  func interrupt() { failure = SystemError("running", Quoting.visible(program.program), code: EINTR) }

  /// Waits for its end; ends it and its children first where it is not done by itself.
  func finish() throws(SystemError) -> ChildProcess.Result {
    if isSilent || failure != nil { ProcessTree.end(process) }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    let signal = status & 0x7F
    let termination: ChildProcess.Termination =
      isSilent ? .silent : signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
    Trace.report(
      .ended(
        process: process, program: program.program, termination: failure == nil ? termination : nil,
        seconds: Clock.monotonicSeconds - start))
    if let failure { throw failure }
    return ChildProcess.Result(termination: termination, output: output, errors: errors)
  }
}
