#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Work on many things at once, for what waits for the kernel more than it computes.
public enum Parallel {
  /// Threads at most, unless the caller says otherwise.
  private static let limit = 4
  /// Things for which one more thread pays.
  private static let worthAThread = 8

  /// `body` of each of `items`, in their order, by as many threads as there are processors, up to four.
  ///
  /// - Parameter progress: called on this thread, now and then, with how many are done.
  public static func map<Item: Sendable, Value: Sendable>(
    _ items: [Item], progress: (Int) -> Void = { _ in }, _ body: @escaping @Sendable (Item) -> Value
  ) -> [Value] {
    map(items, silence: .infinity, progress: progress, body).compactMap { $0 }
  }

  /// As ``map(_:progress:_:)``, where what is stuck is given up: each thing whose work gives no sign (``Watch/sign()``)
  /// for `limit` seconds gives nil, and its thread is left behind.
  ///
  /// - Parameter threads: how many threads there are at most; without it as many as in ``map(_:progress:_:)``.
  public static func map<Item: Sendable, Value: Sendable>(
    _ items: [Item], silence limit: Double, threads: Int? = nil, progress: (Int) -> Void = { _ in },
    _ body: @escaping @Sendable (Item) -> Value
  ) -> [Value?] {
    let work = Work(items, body)
    let number =
      threads.map { min($0, items.count) }
      ?? min(Self.limit, ThisProcess.processors, items.count / worthAThread)
    work.run(threads: max(1, number), limit, progress)
    return work.results
  }

  /// The items, and what has come of them.
  private final class Work<Item: Sendable, Value: Sendable>: @unchecked Sendable {
    private let items: [Item]
    private let body: @Sendable (Item) -> Value
    private let monitor = Monitor()
    // All that follows is only touched with the lock held.
    private var next = 0
    private var done = 0
    private var values: [Value?]
    private var running: [ObjectIdentifier: (watch: Watch, index: Int)] = [:]

    init(_ items: [Item], _ body: @escaping @Sendable (Item) -> Value) {
      self.items = items
      self.body = body
      values = Array(repeating: nil, count: items.count)
    }

    var results: [Value?] { monitor.withLock { values } }

    func run(threads: Int, _ limit: Double, _ progress: (Int) -> Void) {
      var started = 0
      for _ in 0..<threads where start() { started += 1 }
      // Without a single thread it is done here, and waited for.
      if started == 0 { work(Watch()) }
      var patience = Patience()
      var told = 0
      monitor.lock()
      while done < items.count {
        monitor.wait(atMost: Patience.step)
        for watch in patience.exhausted(of: running.values.map(\.watch), limit: limit) {
          watch.abandon()
          running[ObjectIdentifier(watch)] = nil
          done += 1
          monitor.unlock()
          if !start() { work(Watch()) }
          monitor.lock()
        }
        guard done != told else { continue }
        told = done
        monitor.unlock()
        progress(told)
        monitor.lock()
      }
      monitor.unlock()
    }

    private func start() -> Bool {
      let watch = Watch()
      let thread = try? WorkerThread { [self] in
        watch.watchesThisThread()
        work(watch)
      }
      thread?.detach()
      return thread != nil
    }

    /// Does one after the other until there are no more, or this thread is given up.
    private func work(_ watch: Watch) {
      monitor.lock()
      defer { monitor.unlock() }
      while next < items.count {
        let index = next
        next += 1
        running[ObjectIdentifier(watch)] = (watch, index)
        watch.sign()
        monitor.unlock()
        let value = body(items[index])
        monitor.lock()
        if watch.isAbandoned { return }
        running[ObjectIdentifier(watch)] = nil
        values[index] = value
        done += 1
        // Who waits looks now and then by itself, and must at the end.
        if done == items.count { monitor.wake() }
      }
    }
  }
}
