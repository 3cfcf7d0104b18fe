import Glibc
import Platform

/// The directories that a search still has before it, shared between the caller's thread and one more.
///
/// Reading directories is the kernel's work and goes on at once in two threads; more than that gained nothing. The
/// second is started only when there is enough to do. What is found is handed over on the caller's thread.
final class SearchQueue: @unchecked Sendable {
  private let examiner: DirectoryExaminer
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  // All that follows is only touched with the mutex held.
  private var items: [SearchItem]
  private var events: [SearchEvent] = []
  private var working = 0
  private var isStopped = false

  /// Directories waiting from which on a second thread pays.
  private static let worthAThread = 32

  init(_ examiner: DirectoryExaminer, start: SearchItem) {
    self.examiner = examiner
    items = [start]
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Searches to the end, or until `handle` throws.
  func run(_ handle: (SearchEvent) throws -> Void) throws {
    var helper: WorkerThread?
    defer { if let helper { stop(helper) } }
    while true {
      let (waiting, more) = step(waitingForEvents: true)
      for event in waiting { try handle(event) }
      if !more { return }
      if helper == nil, count >= Self.worthAThread {
        helper = try? WorkerThread { [self] in while step(waitingForEvents: false).more {} }
      }
    }
  }

  private var count: Int {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return items.count
  }

  /// Looks at the next directory, or waits for one.
  ///
  /// - Returns: the events that are to be handed over (only where asked for), and whether the search goes on.
  private func step(waitingForEvents: Bool) -> (events: [SearchEvent], more: Bool) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while items.isEmpty, working > 0, !isStopped, !waitingForEvents || events.isEmpty {
      pthread_cond_wait(changed, mutex)
    }
    if !isStopped, let item = items.popLast() {
      working += 1
      pthread_mutex_unlock(mutex)
      var next: [SearchItem] = []
      var new: [SearchEvent] = []
      examiner.examine(item, next: &next, events: &new)
      pthread_mutex_lock(mutex)
      working -= 1
      // Popped from the end, so that a directory's entries are looked at in their order.
      items += next.reversed()
      events += new
      if !next.isEmpty || !new.isEmpty || working == 0 { pthread_cond_broadcast(changed) }
    }
    let taken = waitingForEvents ? events : []
    if waitingForEvents { events = [] }
    return (taken, !isStopped && (working > 0 || !items.isEmpty))
  }

  private func stop(_ helper: WorkerThread) {
    pthread_mutex_lock(mutex)
    isStopped = true
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
    helper.join()
  }
}
