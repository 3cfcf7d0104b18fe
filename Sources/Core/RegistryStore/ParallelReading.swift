import Git
import SystemSupport

extension RegistryStore {
  /// Things that are read by one thread; fewer are not worth another.
  private static let share = 1000
  /// Shares that are read before what came of them is handed over: a registry of any size takes as much memory.
  private static let sharesAtATime = 16
  /// Threads at most: libgit2 has locks that all of them want.
  private static let threads = 4

  /// Reads each of many things out of the registry, by as many threads as help, and hands over what came of each, in their
  /// order.
  ///
  /// - Parameters:
  ///   - read: reads one, with a repository of the thread's own: objects of libgit2 belong to one thread.
  ///   - take: is called on this thread.
  func readEach<Item: Sendable, Value: Sendable>(
    of items: [Item], _ read: @escaping @Sendable (Item, borrowing Repository) -> Value,
    _ take: (Item, Value) throws -> Void
  ) throws {
    // Objects that are borrowed for a while are in this repository alone.
    guard items.count > 2 * Self.share, !repository.isBorrowing else {
      for item in items { try take(item, read(item, repository)) }
      return
    }
    let directory = directory
    let shares = stride(from: 0, to: items.count, by: Self.share).map { items[$0...].prefix(Self.share) }
    for start in stride(from: 0, to: shares.count, by: Self.sharesAtATime) {
      let part = Array(shares[start...].prefix(Self.sharesAtATime))
      // A share is work for long enough that each is worth a thread.
      let threads = min(Self.threads, ThisProcess.processors, part.count)
      let readings = Parallel.map(part, silence: .infinity, threads: threads) { share in
        Result<[Value], any Error> {
          let repository = try Repository.open(directory)
          return share.map { read($0, repository) }
        }
      }.compactMap { $0 }
      for (share, reading) in zip(part, readings) {
        for (item, value) in zip(share, try reading.get()) { try take(item, value) }
      }
    }
  }
}
