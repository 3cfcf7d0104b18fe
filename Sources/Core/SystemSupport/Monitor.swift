#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import CPlatform

/// A lock with a condition that can be waited for, also for a limited time (pthread_cond_timedwait(3)).
package final class Monitor: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  package init() {
    pthread_mutex_init(mutex, nil)
    dev_infra_condition_init(condition)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  package func lock() { pthread_mutex_lock(mutex) }

  package func unlock() { pthread_mutex_unlock(mutex) }

  package func withLock<Result>(_ body: () -> Result) -> Result {
    lock()
    defer { unlock() }
    return body()
  }

  /// Wakes all that wait. Called with the lock held or not.
  package func wake() { pthread_cond_broadcast(condition) }

  /// Lets go of the lock until woken, which may be for no reason.
  package func wait() { pthread_cond_wait(condition, mutex) }

  /// As ``wait()``, for so many seconds at most.
  package func wait(atMost seconds: Double) {
    dev_infra_condition_wait(condition, mutex, Int64(max(0, min(seconds, 3600)) * 1e9))
  }
}
