#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import ByteStrings
import SystemPackage

/// The terminal of this process, `/dev/tty`, taken over by a program that draws on all of it.
///
/// What was shown and set before comes back however the process ends: by ``leave()``, by a signal that ends it, by a fault in
/// any thread, and for as long as it is stopped.
public final class ControllingTerminal {
  /// What happens beside the keyboard.
  public enum Event: UInt8, Sendable { case resized = 1, stop, goOn }

  // A handler of signals may only touch memory that was set up before, hence the pointers.
  private struct Shared: @unchecked Sendable {
    let descriptor = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    /// Whether the terminal is taken over just now.
    let isTaken = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    let settings = UnsafeMutablePointer<termios>.allocate(capacity: 1)
    let bell = UnsafeMutablePointer<Int32>.allocate(capacity: 2)
    let farewell: UnsafeMutableBufferPointer<UInt8>

    init() {
      descriptor.initialize(to: -1)
      isTaken.initialize(to: 0)
      settings.initialize(to: termios())
      bell.initialize(repeating: -1, count: 2)
      let bytes = Array(ControllingTerminal.farewell.utf8)
      farewell = .allocate(capacity: bytes.count)
      _ = farewell.initialize(from: bytes)
    }
  }

  /// The other screen, with pasted text between brackets, and no new line at the right edge.
  private static let greeting = "\u{1B}[?1049h\u{1B}[?2004h\u{1B}[?7l\u{1B}[2J"
  private static let farewell = "\u{1B}[?2004l\u{1B}[?7h\u{1B}[0m\u{1B}[2J\u{1B}[H\u{1B}[?1049l\u{1B}[?25h"
  private static let shared = Shared()
  /// Signals by which a fault in the program itself ends it.
  private static let faults = [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGQUIT, SIGSYS]

  private let descriptor: Int32

  /// Opens the terminal; nil where the process has none.
  public init?() {
    descriptor = systemOpen("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { return nil }
    Self.shared.descriptor.pointee = descriptor
  }

  /// Whether a terminal of this kind (`TERM`) can be drawn on.
  public static func canDraw(on kind: String?) -> Bool {
    guard let kind, !kind.isEmpty else { return false }
    return kind != "dumb" && kind != "unknown" && !kind.begins(with: "dumb-")
  }

  /// Takes the terminal over.
  public func enter() throws(SystemError) {
    let shared = Self.shared
    if shared.bell[0] < 0 {
      guard pipe(shared.bell) == 0 else { throw SystemError("making", "a pipe") }
      for end in 0...1 {
        _ = fcntl(shared.bell[end], F_SETFD, FD_CLOEXEC)
        _ = fcntl(shared.bell[end], F_SETFL, O_NONBLOCK)
      }
      guard tcgetattr(descriptor, shared.settings) == 0 else {
        throw SystemError("reading the settings of", "/dev/tty")
      }
      Self.watchFaults()
      Self.watch(SIGWINCH)
      Self.watch(SIGCONT)
    }
    Self.watch(SIGTSTP)
    var raw = shared.settings.pointee
    raw.c_iflag &= ~tcflag_t(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON)
    raw.c_lflag &= ~tcflag_t(ECHO | ICANON | IEXTEN | ISIG)
    withUnsafeMutableBytes(of: &raw.c_cc) { bytes in
      bytes[Int(VMIN)] = 1
      bytes[Int(VTIME)] = 0
    }
    shared.isTaken.pointee = 1
    guard tcsetattr(descriptor, TCSANOW, &raw) == 0 else {
      shared.isTaken.pointee = 0
      throw SystemError("changing the settings of", "/dev/tty")
    }
    try write(Self.greeting)
  }

  /// Gives the terminal back as it was.
  public func leave() { Self.restore() }

  /// Columns and rows.
  public var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return (80, 24)
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Writes text as it is: what is not its own has gone through `TerminalText`.
  public func write(_ text: String) throws(SystemError) {
    try Files.write(Array(text.utf8), to: descriptor, name: "/dev/tty")
  }

  /// What has come; nil where the terminal is gone.
  public func read() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = systemRead(descriptor, &buffer, buffer.count)
    if count < 0, errno == EINTR || errno == EAGAIN { return [] }
    return count > 0 ? Array(buffer.prefix(count)) : nil
  }

  /// What there is to do.
  public struct Ready: Sendable {
    /// Whether something has come from the keyboard, or the terminal is gone.
    public let keyboard: Bool
    /// Whether something has happened beside it.
    public let events: Bool
    /// Whether the bell has rung.
    public let bell: Bool
    /// Whether nothing has, and the time is over.
    public var isNothing: Bool { !keyboard && !events && !bell }
  }

  /// Waits until there is something to do, a signal has come that ``Interruption`` watches for, or the time is over.
  public func wait(for bell: Bell?, atMost seconds: Double?) throws(SystemError) -> Ready {
    var polled = [descriptor, Self.shared.bell[0], Interruption.descriptor, bell?.reading ?? -1].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    while true {
      let ready = poll(&polled, nfds_t(polled.count), seconds.map { Int32($0 * 1000) } ?? -1)
      if ready >= 0 { break }
      guard errno == EINTR else { throw SystemError("waiting for", "/dev/tty") }
    }
    return Ready(
      keyboard: polled[0].revents != 0, events: polled[1].revents != 0, bell: polled[3].revents != 0)
  }

  /// What has happened beside the keyboard.
  public func events() -> [Event] {
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = systemRead(Self.shared.bell[0], &buffer, buffer.count)
    return buffer.prefix(max(0, count)).compactMap { Event(rawValue: $0) }
  }

  /// Stops this process and those it works together with until it is told to go on, as the terminal's own key would.
  ///
  /// - Parameter isForced: whether it was asked by a signal; otherwise nothing is done where a shell waits for what is picked and
  ///   would wait for ever.
  public func stop(isForced: Bool) throws(SystemError) {
    guard isForced || !Self.isShellWaiting else { return }
    Self.restore()
    _ = systemSignal(SIGTSTP, SIG_DFL)
    if isForced { raise(SIGTSTP) } else { kill(0, SIGTSTP) }
    try enter()
  }

  /// Whether the process group is that of an interactive shell, which no key stops: this is part of a command substitution.
  private static var isShellWaiting: Bool { ProcessFacts.ignores(SIGTSTP, getpgrp()) }

  // MARK: Signals

  /// Only calls that a handler may make (signal-safety(7)).
  private static func restore() {
    let shared = shared
    guard shared.isTaken.pointee != 0 else { return }
    shared.isTaken.pointee = 0
    _ = systemWrite(shared.descriptor.pointee, shared.farewell.baseAddress, shared.farewell.count)
    tcsetattr(shared.descriptor.pointee, TCSANOW, shared.settings)
  }

  private static func watch(_ number: Int32) {
    var action = sigaction()
    action.sa_flags = SA_RESTART
    Interruption.setHandler(
      { number in
        var event: UInt8 = number == SIGWINCH ? 1 : number == SIGTSTP ? 2 : 3
        let code = errno
        _ = systemWrite(ControllingTerminal.shared.bell[1], &event, 1)
        errno = code
      }, &action)
    sigaction(number, &action, nil)
  }

  private static func watchFaults() {
    for number in faults {
      var action = sigaction()
      Interruption.setHandler(
        { number in
          ControllingTerminal.restore()
          _ = systemSignal(number, SIG_DFL)
          raise(number)
        }, &action)
      sigaction(number, &action, nil)
    }
  }
}

/// Tells a thread that waits that there is something for it.
public final class Bell: Sendable {
  let reading: Int32
  private let writing: Int32

  /// - Throws: ``SystemError`` where the process may open no more.
  public init() throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SystemError("making", "a pipe") }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (reading, writing) = (ends[0], ends[1])
  }

  /// Rings it.
  public func ring() {
    var byte: UInt8 = 1
    _ = systemWrite(writing, &byte, 1)
  }

  /// Takes note that it has rung.
  public func clear() {
    var buffer = [UInt8](repeating: 0, count: 64)
    _ = systemRead(reading, &buffer, buffer.count)
  }

  deinit {
    close(reading)
    close(writing)
  }
}
