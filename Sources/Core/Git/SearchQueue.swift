import SystemSupport
import ByteStrings
import SystemPackage

/// The directories that a search still has before it, shared between two threads.
///
/// Reading directories is the kernel's work and goes on at once in two threads; more than that gained nothing. The
/// second is started only when there is enough to do. What is found is handed over on the caller's thread, which also
/// leaves a thread behind whose directory does not answer.
final class SearchQueue: @unchecked Sendable {
  private let examiner: DirectoryExaminer
  private let monitor = Monitor()
  // All that follows is only touched with the lock held.
  private var items: [SearchItem]
  private var events: [SearchEvent] = []
  private var working: [ObjectIdentifier: (watch: Watch, item: SearchItem)] = [:]
  private var threads = 0
  private var idle = 0
  private var isStopped = false

  /// Directories waiting from which on a second thread pays.
  private static let worthAThread = 32

  init(_ examiner: DirectoryExaminer, start: SearchItem) {
    self.examiner = examiner
    items = [start]
  }

  /// Searches to the end, or until `handle` throws.
  func run(_ handle: (SearchEvent) throws -> Void) throws {
    defer { stop() }
    var patience = Patience()
    while true {
      if wantsThread { try startThread() }
      let (waiting, isOver) = take(&patience)
      for event in waiting { try handle(event) }
      if isOver { return }
    }
  }

  /// Waits for something to hand over, or to do.
  private func take(_ patience: inout Patience) -> (events: [SearchEvent], isOver: Bool) {
    monitor.lock()
    defer { monitor.unlock() }
    while events.isEmpty, !isOver, !needsThread {
      monitor.wait(atMost: Patience.step)
      for watch in patience.exhausted(of: working.values.map(\.watch), limit: Limits.silence) {
        watch.abandon()
        threads -= 1
        guard let item = working.removeValue(forKey: ObjectIdentifier(watch))?.item else { continue }
        events.append(.warning(examiner.unanswered(item.path)))
      }
    }
    defer { events = [] }
    return (events, isOver)
  }

  private var needsThread: Bool {
    !items.isEmpty && (threads == 0 || (threads == 1 && items.count >= Self.worthAThread))
  }
  private var wantsThread: Bool { monitor.withLock { needsThread } }
  private var isOver: Bool { items.isEmpty && working.isEmpty }

  private func startThread() throws(SystemError) {
    let watch = Watch()
    try WorkerThread { [self] in
      watch.watchesThisThread()
      work(watch)
    }.detach()
    monitor.withLock { threads += 1 }
  }

  /// Looks at one directory after the other until there are no more, or this thread is given up.
  private func work(_ watch: Watch) {
    monitor.lock()
    defer { monitor.unlock() }
    while true {
      idle += 1
      while items.isEmpty, !working.isEmpty, !isStopped { monitor.wait() }
      idle -= 1
      guard !isStopped, let item = items.popLast() else { return }
      working[ObjectIdentifier(watch)] = (watch, item)
      monitor.unlock()
      Watch.sign()
      var next: [SearchItem] = []
      var new: [SearchEvent] = []
      examiner.examine(item, next: &next, events: &new)
      monitor.lock()
      guard working.removeValue(forKey: ObjectIdentifier(watch)) != nil else { return }
      // Popped from the end, so that a directory's entries are looked at in their order.
      items += next.reversed()
      events += new
      if !new.isEmpty || isOver || needsThread || (idle > 0 && !items.isEmpty) { monitor.wake() }
    }
  }

  private func stop() {
    monitor.withLock { isStopped = true }
    monitor.wake()
  }
}
