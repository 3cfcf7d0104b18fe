#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import Synchronization
import SystemPackage

/// SIGINT, SIGTERM and SIGHUP for commands that have something to clear away before they end.
///
/// A command that calls ``watch()`` goes on when one of them comes: children are ended, what waits for them throws
/// `EINTR`, and once everything is cleared away `Tool` ends the process by that very signal, as its caller expects.
///
/// Any other command is ended at once, but for two things that must not be left as they are: programs that it runs would go on
/// alone, for as long as a remote keeps them busy, and a lock file would keep everybody else out. ``postponed(_:)`` puts the end
/// off until the programs were ended and the lock is released.
public enum Interruption {
  // The handler may only touch memory that needs no initialiser and no exclusivity check, hence the pointers.
  private static let received = {
    let pointer = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    pointer.initialize(to: 0)
    return UncheckedPointer(pointer)
  }()
  private static let signalPipe = {
    let ends = UnsafeMutablePointer<Int32>.allocate(capacity: 2)
    ends.initialize(repeating: -1, count: 2)
    return UncheckedPointer(ends)
  }()

  private struct UncheckedPointer: @unchecked Sendable {
    // Written by the handler only, but for the start.
    let value: UnsafeMutablePointer<Int32>
    init(_ value: UnsafeMutablePointer<Int32>) { self.value = value }
  }

  /// The signals that are watched for.
  static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// From now on the signals do not end the process; one that was ignored from the start stays ignored.
  public static func watch() throws(SystemError) {
    try makePipe()
    guard received.value.pointee == 0 else { return }
    for number in signals {
      let former = action(of: number)
      if !isIgnoring(former) { listen(to: number) }
    }
  }

  private static func makePipe() throws(SystemError) {
    guard signalPipe.value[0] < 0 else { return }
    guard pipe(signalPipe.value) == 0 else { throw SystemError("making", "a pipe") }
    for end in 0...1 { _ = fcntl(signalPipe.value[end], F_SETFD, FD_CLOEXEC) }
    _ = fcntl(signalPipe.value[1], F_SETFL, O_NONBLOCK)
  }

  private static func action(of number: Int32) -> sigaction {
    var action = sigaction()
    sigaction(number, nil, &action)
    return action
  }

  private static func listen(to number: Int32) {
    var action = sigaction()
    setHandler(
      { number in
        let code = errno
        Interruption.received.value.pointee = number
        var byte: UInt8 = 1
        _ = systemWrite(Interruption.signalPipe.value[1], &byte, 1)
        errno = code
      }, &action)
    sigaction(number, &action, nil)
  }

  // The threads that are not to be ended now, and the signals that are listened to for their sake.
  private static let busy = Mutex((threads: [pthread_t](), borrowed: [Int32]()))

  /// Runs `body`, during which a signal that would end this process at once does not: it ends when `body` is over.
  ///
  /// What runs programs in it ends them when ``signal`` is set; anything else has to be short.
  public static func postponed<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(Failure)
    -> Value
  {
    let isOutermost = begin()
    defer { if isOutermost { end() } }
    return try body()
  }

  /// Puts the end off for this thread.
  ///
  /// - Returns: whether it was not put off for it before.
  private static func begin() -> Bool {
    busy.withLock { busy in
      if busy.threads.contains(where: { pthread_equal($0, pthread_self()) != 0 }) { return false }
      busy.threads.append(pthread_self())
      // Without a pipe there is no way to be told of one.
      guard busy.threads.count == 1, (try? makePipe()) != nil else { return true }
      busy.borrowed = signals.filter { isDefault(action(of: $0)) }
      for number in busy.borrowed { listen(to: number) }
      return true
    }
  }

  private static func end() {
    let (number, isLast) = busy.withLock { busy -> (Int32?, Bool) in
      busy.threads.removeAll { pthread_equal($0, pthread_self()) != 0 }
      let (borrowed, isLast) = (busy.borrowed, busy.threads.isEmpty)
      if isLast {
        for number in borrowed { _ = systemSignal(number, SIG_DFL) }
        busy.borrowed = []
      }
      // Asked for last, so that none is lost.
      return (signal.flatMap { borrowed.contains($0) ? $0 : nil }, isLast)
    }
    guard let number else { return }
    // Not raise(3): this thread may block what another one takes.
    if isLast { kill(getpid(), number) }
    // Nothing is to be said or done any more; other threads have something to bring to its end.
    while true { pause() }
  }

  /// Whether this is what ignores a signal.
  static func isIgnoring(_ action: sigaction) -> Bool {
    handler(of: action) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Whether this is what a signal does unless somebody wants something else.
  private static func isDefault(_ action: sigaction) -> Bool {
    handler(of: action) == unsafeBitCast(SIG_DFL, to: Int.self)
  }

  private static func handler(of action: sigaction) -> Int {
    #if canImport(Glibc)
      let handler = action.__sigaction_handler.sa_handler
    #elseif canImport(Musl)
      let handler = action.__sa_handler.sa_handler
    #else
      let handler = action.__sigaction_u.__sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self)
  }

  static func setHandler(
    _ handler: @escaping @convention(c) (Int32) -> Void, _ action: inout sigaction
  ) {
    #if canImport(Glibc)
      action.__sigaction_handler.sa_handler = handler
    #elseif canImport(Musl)
      action.__sa_handler.sa_handler = handler
    #else
      action.__sigaction_u.__sa_handler = handler
    #endif
  }

  /// The signal that has come; nil when none has.
  public static var signal: Int32? {
    let number = received.value.pointee
    return number == 0 ? nil : number
  }

  /// Throws when a signal has come, for the places between two steps.
  public static func check() throws(SystemError) {
    if signal != nil { throw SystemError("going on", "after a signal", code: .interrupted) }
  }

  /// What poll(2) finds readable once a signal has come; -1 when none is watched for.
  public static var descriptor: Int32 { signalPipe.value[0] }

  /// Waits for so many seconds, or until a signal comes.
  public static func wait(_ seconds: Double) {
    let end = Clock.monotonicSeconds + seconds
    while signal == nil {
      let left = end - Clock.monotonicSeconds
      if left <= 0 { return }
      var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      _ = poll(&polled, 1, Int32(left * 1000) + 1)
    }
  }

  /// Writes all of `bytes` to `descriptor`, and waits for its reader no longer than until a signal comes.
  ///
  /// - Throws: ``SystemError``, with `EINTR` where one has come.
  public static func write(_ bytes: [UInt8], to descriptor: Int32, name: String) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      var polled = [
        pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      _ = poll(&polled, 2, -1)
      try check()
      // No more than there is room for: a write of more could wait although poll said that there is room.
      let piece = Array(rest.prefix(Int(PIPE_BUF)))
      try Files.write(piece, to: descriptor, name: name)
      rest = rest.dropFirst(piece.count)
    }
  }

  /// Ends the process by the signal that has come; returns when none has.
  public static func endProcess() {
    guard let number = signal else { return }
    _ = systemSignal(number, SIG_DFL)
    raise(number)
  }
}
