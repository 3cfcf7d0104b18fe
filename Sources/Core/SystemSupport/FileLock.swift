#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

/// A lock on a file or directory by flock(2): the kernel frees it when its holder ends, however it ends.
public struct FileLock: ~Copyable {
  private let file: OpenFile

  /// Waits for the lock on `path`, which is made where it is missing.
  ///
  /// - Parameters:
  ///   - sharing: takes the lock together with others that share it; otherwise alone.
  ///   - timeout: seconds to wait before giving up with `EWOULDBLOCK`; nil waits for as long as it takes.
  ///   - whileWaiting: called once when the lock is not free at once.
  public init(
    _ path: FilePath, sharing: Bool = false, timeout: Double? = nil, whileWaiting: () -> Void = {}
  ) throws(SystemError) {
    let operation = sharing ? LOCK_SH : LOCK_EX
    // No lock is a link: somebody would have a file made where it leads.
    guard let file = OpenFile(path, .readWrite, options: [.create, .noFollow]) else {
      throw SystemError("locking", path.visible)
    }
    if flock(file.descriptor, operation | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK else { throw SystemError("locking", path.visible) }
      if let timeout, timeout <= 0 { throw SystemError("locking", path.visible, code: .wouldBlock) }
      whileWaiting()
      if let code = LockWait.lock(file.descriptor, operation, timeout: timeout) {
        throw SystemError("locking", path.visible, code: code)
      }
    }
    self.file = file
  }

  /// Takes the lock of a directory where nobody has it; nil where somebody has, where there is none, and on file systems
  /// that cannot lock directories.
  public init?(directory path: FilePath) {
    guard let file = OpenFile(path, options: [.directory, .noFollow]),
      flock(file.descriptor, LOCK_EX | LOCK_NB) == 0
    else { return nil }
    self.file = file
  }

  /// Whether this is the only one that has the lock: where others share it, it is given up.
  public borrowing func isAlone() -> Bool { flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 }

  /// Always true: naming it keeps the lock to the end of a scope.
  public var isHeld: Bool { true }
}
