import Git
import SystemSupport

extension RegistryStore {
  /// Things that are read by one thread; fewer are not worth another.
  private static let share = 1000
  /// Shares at most: each begins by opening the repository.
  private static let shares = 64
  /// Threads at most: libgit2 has locks that all of them want.
  private static let threads = 4

  /// Reads each of many things out of the registry, by as many threads as help, and hands over what came of each, in their
  /// order.
  ///
  /// They are read in the order of the packs, so what comes of all is kept until it is handed over: it should be little.
  ///
  /// - Parameters:
  ///   - blob: the object that one is read from, or the first of several.
  ///   - read: reads one, with a repository of the thread's own: objects of libgit2 belong to one thread.
  ///   - take: is called on this thread.
  func readEach<Item: Sendable, Value: Sendable>(
    of items: [Item], from blob: (Item) -> ObjectID?,
    _ read: @escaping @Sendable (Item, borrowing Repository) -> Value, _ take: (Item, Value) throws -> Void
  ) throws {
    // Objects that are borrowed for a while are in this repository alone.
    guard items.count > 2 * Self.share, !repository.isBorrowing else {
      for item in items { try take(item, read(item, repository)) }
      return
    }
    let directory = directory
    let order = repository.readingOrder(of: items.map(blob))
    let share = max(Self.share, items.count / Self.shares)
    let shares = stride(from: 0, to: order.count, by: share).map { order[$0...].prefix(share) }
    let threads = min(Self.threads, ThisProcess.processors, shares.count)
    let readings = try Parallel.map(shares, silence: .infinity, threads: threads) { share in
      Result<[Value], any Error> {
        let repository = try Repository.open(directory)
        return share.map { read(items[$0], repository) }
      }
    }.compactMap { try $0?.get() }
    var places = Array(repeating: 0, count: order.count)
    for (place, number) in order.enumerated() { places[number] = place }
    for (item, place) in zip(items, places) { try take(item, readings[place / share][place % share]) }
  }
}
