#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import SystemPackage

/// Waits for a lock by flock(2), for a time.
///
/// The kernel serves waiters in about the order in which they came, while a caller that polls may never get a lock that
/// others hold for seconds and release only for a moment. But a wait in the kernel has no end of its own: so it is
/// another thread that waits there.
enum LockWait {
  /// - Parameter timeout: seconds; nil waits for as long as it takes.
  /// - Returns: the reason of a failure, `EWOULDBLOCK` when the time is over; nil without one.
  static func lock(_ descriptor: Int32, _ operation: Int32, timeout: Double?) -> Errno? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return .last }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    // Copies of its own: they are one lock with the caller's, and the last that is closed lets go of it. So a lock that
    // comes when nobody waits for it any more is free again at once.
    let waiter = Waiter(
      lock: fcntl(descriptor, F_DUPFD_CLOEXEC, 0), reader: fcntl(ends[0], F_DUPFD_CLOEXEC, 0),
      writer: ends[1],
      operation)
    do throws(SystemError) {
      try WorkerThread { waiter.run() }.detach()
    } catch {
      return error.code
    }
    let end = timeout.map { Clock.monotonicSeconds + $0 }
    var request = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
    while true {
      let left = end.map { max(0, $0 - Clock.monotonicSeconds) }
      let count = poll(&request, 1, left.map { Int32(min($0 * 1000, 1e9).rounded(.up)) } ?? -1)
      if count > 0 { break }
      if count == 0, left ?? 1 <= 0 { return .wouldBlock }
      if count < 0, errno != EINTR { return .last }
    }
    var code: Int32 = 0
    let count = read(ends[0], &code, MemoryLayout<Int32>.size)
    return count == MemoryLayout<Int32>.size ? (code == 0 ? nil : Errno(rawValue: code)) : .ioError
  }

  /// What the thread that waits does it with, which is closed when it ends.
  private final class Waiter: Sendable {
    private let lock: Int32
    /// Open here as well, so that telling of the lock does not meet a broken pipe when nobody waits for it any more.
    private let reader: Int32
    private let writer: Int32
    private let operation: Int32

    init(lock: Int32, reader: Int32, writer: Int32, _ operation: Int32) {
      (self.lock, self.reader, self.writer, self.operation) = (lock, reader, writer, operation)
    }

    func run() {
      var code: Int32 = 0
      while flock(lock, operation) != 0 {
        if errno == EINTR { continue }
        code = errno
        break
      }
      _ = write(writer, &code, MemoryLayout<Int32>.size)
    }

    deinit { for descriptor in [lock, reader, writer] { close(descriptor) } }
  }
}
