import Glibc
import Synchronization

/// Work on many things at once, for what waits for the kernel more than it computes.
public enum Parallel {
  /// Threads at most, this one among them.
  private static let limit = 4
  /// Things for which one more thread pays.
  private static let worthAThread = 8

  /// `body` of each of `items`, in their order, by as many threads as there are processors, up to four.
  ///
  /// - Parameter progress: called on this thread, now and then, with how many are done.
  public static func map<Item: Sendable, Value: Sendable>(
    _ items: [Item], progress: (Int) -> Void = { _ in }, _ body: @escaping @Sendable (Item) -> Value
  ) -> [Value] {
    let work = Work(items, body)
    let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let helpers = max(0, min(limit, processors, items.count / worthAThread) - 1)
    // Fewer threads than wanted do it as well.
    let threads = (0..<helpers).compactMap { _ in try? WorkerThread { while work.step() != nil {} } }
    while let done = work.step() { progress(done) }
    for thread in threads { thread.join() }
    return work.results
  }

  /// The items, and what has come of them.
  private final class Work<Item: Sendable, Value: Sendable>: Sendable {
    private let items: [Item]
    private let body: @Sendable (Item) -> Value
    private let state: Mutex<(next: Int, values: [(index: Int, value: Value)])> = Mutex((0, []))

    init(_ items: [Item], _ body: @escaping @Sendable (Item) -> Value) {
      self.items = items
      self.body = body
    }

    /// Does one more.
    ///
    /// - Returns: how many are done; nil when none was left to begin.
    func step() -> Int? {
      let index = state.withLock { state in
        state.next += 1
        return state.next - 1
      }
      guard index < items.count else { return nil }
      let value = body(items[index])
      return state.withLock { state in
        state.values.append((index, value))
        return state.values.count
      }
    }

    var results: [Value] { state.withLock { $0.values }.sorted { $0.index < $1.index }.map(\.value) }
  }
}
