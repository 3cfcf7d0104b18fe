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
    let work = Work<Item, Value>(body, mostThreads: 0, window: .max)
    work.put(all: items)
    let number =
      threads.map { min($0, items.count) }
      ?? min(Self.limit, ThisProcess.processors, items.count / worthAThread)
    work.start(threads: max(1, number))
    work.run(limit, progress)
    return work.take().map(\.value)
  }

  /// `body` of things that come one after the other, as they come: what is done is handed over in their order, and no more than
  /// `window` of them are in memory.
  ///
  /// - Parameters:
  ///   - limit: seconds without a sign (``Watch/sign()``) after which a thing is given up, and is handed over with nil.
  ///   - threads: how many threads there are at most.
  ///   - source: hands over one thing after the other, on a thread of its own; false tells it that no more is wanted.
  ///   - each: takes those that are done, on this thread.
  /// - Throws: what `each` throws, and at once; what `source` throws, after all that came before has been handed over.
  public static func stream<Item: Sendable, Value: Sendable>(
    silence limit: Double, threads: Int, window: Int,
    source: @escaping @Sendable (_ put: (Item) -> Bool) throws -> Void,
    _ body: @escaping @Sendable (Item) -> Value,
    each: ([(item: Item, value: Value?)]) throws -> Void
  ) throws {
    let work = Work<Item, Value>(body, mostThreads: threads, window: window)
    try WorkerThread {
      do {
        try source { work.put($0) }
        work.end(nil)
      } catch {
        work.end(error)
      }
    }.detach()
    try work.run(limit, handingOver: each)
  }

  /// Things that are worked on, and what has come of them.
  private final class Work<Item: Sendable, Value: Sendable>: @unchecked Sendable {
    private let body: @Sendable (Item) -> Value
    private let mostThreads: Int
    private let window: Int
    private let monitor = Monitor()
    // All that follows is only touched with the lock held.
    /// Those that have not been handed over.
    private var slots: [(item: Item, value: Value?, isDone: Bool)] = []
    /// How many have been handed over.
    private var first = 0
    private var next = 0
    private var done = 0
    private var isWhole = false
    private var isStopped = false
    private var failure: (any Error)?
    private var threads = 0
    private var idle = 0
    private var running: [ObjectIdentifier: (watch: Watch, index: Int)] = [:]

    /// - Parameters:
    ///   - mostThreads: threads that are started by themselves, as things come.
    ///   - window: how many may wait to be handed over.
    init(_ body: @escaping @Sendable (Item) -> Value, mostThreads: Int, window: Int) {
      ThisProcess.limitHeaps()
      (self.body, self.mostThreads, self.window) = (body, mostThreads, window)
    }

    private var count: Int { first + slots.count }

    // MARK: What comes

    /// Takes all that there is.
    func put(all items: [Item]) {
      monitor.withLock {
        slots = items.map { ($0, nil, false) }
        isWhole = true
      }
    }

    /// Takes one more, once there is room for it; false where no more is wanted.
    func put(_ item: Item) -> Bool {
      monitor.lock()
      defer { monitor.unlock() }
      while slots.count >= window, !isStopped { monitor.wait() }
      if isStopped { return false }
      slots.append((item, nil, false))
      if idle > 0 {
        monitor.wake()
      } else if threads < mostThreads {
        startUnlocked()
        if threads == 0 { monitor.wake() }
      }
      return true
    }

    /// There are no more.
    func end(_ error: (any Error)?) {
      monitor.withLock {
        isWhole = true
        failure = error
      }
      monitor.wake()
    }

    // MARK: What is done

    /// Starts so many threads.
    func start(threads: Int) {
      monitor.withLock { for _ in 0..<threads where !startUnlocked() { break } }
    }

    /// Works until everything has been done, and handed over where that is wanted.
    func run(_ limit: Double, _ progress: (Int) -> Void) {
      var patience = Patience()
      var told = 0
      monitor.lock()
      while !isWhole || done < count {
        look(&patience, limit)
        guard done != told else { continue }
        told = done
        monitor.unlock()
        progress(told)
        monitor.lock()
      }
      monitor.unlock()
    }

    /// As ``run(_:_:)``, where what is done is handed over as soon as all before it is.
    func run(_ limit: Double, handingOver each: ([(item: Item, value: Value?)]) throws -> Void) throws {
      var patience = Patience()
      monitor.lock()
      defer { monitor.unlock() }
      while true {
        let batch = takeUnlocked()
        if batch.isEmpty {
          if isWhole, slots.isEmpty { break }
          look(&patience, limit)
          continue
        }
        monitor.wake()
        monitor.unlock()
        let result = Result { try each(batch) }
        monitor.lock()
        if case .failure(let error) = result {
          isStopped = true
          monitor.wake()
          throw error
        }
      }
      if let failure { throw failure }
    }

    /// What has been done, as far as all before it is.
    func take() -> [(item: Item, value: Value?)] { monitor.withLock { takeUnlocked() } }

    private func takeUnlocked() -> [(item: Item, value: Value?)] {
      let ready = slots.prefix { $0.isDone }
      guard !ready.isEmpty else { return [] }
      let batch = ready.map { ($0.item, $0.value) }
      slots.removeFirst(batch.count)
      first += batch.count
      return batch
    }

    /// Waits a little, and gives up what is stuck. Without a single thread it is done here, and waited for.
    private func look(_ patience: inout Patience, _ limit: Double) {
      if threads == 0, next < count { workUnlocked(Watch(), waits: false) }
      if isWhole, done == count { return }
      monitor.wait(atMost: Patience.step)
      for watch in patience.exhausted(of: running.values.map(\.watch), limit: limit) {
        // It may have come to an end since: a thread that is started lets go of the lock.
        guard let index = running.removeValue(forKey: ObjectIdentifier(watch))?.index else { continue }
        watch.abandon()
        slots[index - first].isDone = true
        done += 1
        threads -= 1
        startUnlocked()
      }
    }

    /// Starts a thread. Called with the lock held, which is let go of meanwhile.
    @discardableResult
    private func startUnlocked() -> Bool {
      threads += 1
      monitor.unlock()
      defer { monitor.lock() }
      let watch = Watch()
      let thread = try? WorkerThread { [self] in
        watch.watchesThisThread()
        monitor.withLock { workUnlocked(watch, waits: true) }
      }
      guard let thread else {
        monitor.withLock { threads -= 1 }
        return false
      }
      thread.detach()
      return true
    }

    /// Does one after the other until there are no more, or this thread is given up. Called with the lock held, which is let go of
    /// meanwhile.
    ///
    /// - Parameter waits: whether what comes later is waited for.
    private func workUnlocked(_ watch: Watch, waits: Bool) {
      while true {
        while next == count {
          if isWhole || isStopped || !waits { return }
          idle += 1
          monitor.wait()
          idle -= 1
        }
        if isStopped { return }
        let index = next
        next += 1
        let item = slots[index - first].item
        running[ObjectIdentifier(watch)] = (watch, index)
        watch.sign()
        monitor.unlock()
        let value = body(item)
        monitor.lock()
        if watch.isAbandoned { return }
        running[ObjectIdentifier(watch)] = nil
        slots[index - first].value = value
        slots[index - first].isDone = true
        done += 1
        // The waiting thread looks now and then by itself; it is woken for what can be handed over, and at
        // the end.
        if isWhole && done == count || window < .max && index == first { monitor.wake() }
      }
    }
  }
}
