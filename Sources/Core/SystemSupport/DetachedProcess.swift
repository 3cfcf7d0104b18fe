#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import Synchronization

/// A child that goes its own way, and outlives this process where that ends first.
///
/// Its end is taken notice of all the same: to the system a child that nobody has waited for stays a process.
public final class DetachedProcess: Sendable {
  private let hasEnded = Mutex(false)

  init(_ process: pid_t) {
    // Without a thread it is the system that takes notice, when this process ends.
    try? WorkerThread { [self] in
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0, errno == EINTR {}
      hasEnded.withLock { $0 = true }
    }.detach()
  }

  /// Whether it still runs.
  public var isRunning: Bool { !hasEnded.withLock { $0 } }
}
