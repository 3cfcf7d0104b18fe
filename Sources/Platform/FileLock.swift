import Glibc
public import SystemPackage

/// An exclusive lock on a file by flock(2): the kernel frees it when its holder ends, however it ends.
public struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// Waits for the lock on `path`, which is made where it is missing.
  ///
  /// - Parameters:
  ///   - timeout: seconds to wait before giving up with `EWOULDBLOCK`; nil waits for as long as it takes.
  ///   - whileWaiting: called once when the lock is not free at once.
  public init(
    _ path: FilePath, timeout: Double? = nil, whileWaiting: () -> Void = {}
  ) throws(SystemError) {
    descriptor = path.withPlatformString { open($0, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else { throw SystemError("locking", path.visible) }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
    guard errno == EWOULDBLOCK else {
      let failure = SystemError("locking", path.visible)
      close(descriptor)
      throw failure
    }
    whileWaiting()
    let start = Clock.monotonicSeconds
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      guard code == EWOULDBLOCK || code == EINTR, timeout.map({ Clock.monotonicSeconds - start < $0 }) ?? true
      else {
        close(descriptor)
        throw SystemError("locking", path.visible, code: code)
      }
      usleep(2000)
    }
  }

  deinit { close(descriptor) }
}
