#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import SystemPackage

/// A thread of the system's, for what would keep a thread of Swift's own pool waiting in the kernel.
///
/// Either ``join()`` or ``detach()`` ends what the system keeps of it.
public struct WorkerThread: Sendable {
  private let handle: Handle

  /// Starts it with this to do; what `run` holds is let go of on the thread.
  ///
  /// - Throws: `EAGAIN` where the system has no thread left.
  public init(_ run: @escaping @Sendable () -> Void) throws(SystemError) {
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let job = Unmanaged.passRetained(Job(run))
    let code = pthread_create(
      &thread, nil,
      { (pointer: UnsafeMutableRawPointer?) in
        if let pointer { Unmanaged<Job>.fromOpaque(pointer).takeRetainedValue().run() }
        return nil
      }, job.toOpaque())
    guard code == 0 else {
      job.release()
      throw SystemError("starting", "a thread", code: Errno(rawValue: code))
    }
    #if canImport(Darwin)
      guard let thread else {
        throw SystemError("starting", "a thread", code: .resourceTemporarilyUnavailable)
      }
    #endif
    handle = Handle(thread: thread)
  }

  /// Waits until it has ended.
  public func join() { pthread_join(handle.thread, nil) }

  /// Lets it end by itself.
  public func detach() { pthread_detach(handle.thread) }

  /// What the system knows it by: a number, or a pointer that is only handed back to it.
  private struct Handle: @unchecked Sendable {
    let thread: pthread_t
  }

  /// What it does: an object, since that is what can be handed through C.
  private final class Job: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
