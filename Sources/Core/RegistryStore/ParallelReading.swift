public import Git
import SystemSupport

extension RegistryStore {
  /// Things that are read by one thread; fewer are not worth another.
  private static let share = 1000
  /// Shares for each thread: each begins by opening the repository, and knows nothing of what others have unpacked.
  private static let shares = 4
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
    guard isWorthThreads(items.count) else {
      for item in items { try take(item, read(item, repository)) }
      return
    }
    let shares = try readShares(of: items, from: blob, into: [Value]()) { readings, _, item, repository in
      readings.append(read(item, repository))
    }
    var places = Array(repeating: (share: Int32(0), place: Int32(0)), count: items.count)
    for (share, (numbers, _)) in shares.enumerated() {
      for (place, number) in numbers.enumerated() { places[number] = (Int32(share), Int32(place)) }
    }
    for (item, place) in zip(items, places) {
      try take(item, shares[Int(place.share)].gathered[Int(place.place)])
    }
  }

  /// As ``readEach(of:from:_:_:)``, where what comes of a share is gathered in one value.
  ///
  /// - Parameters:
  ///   - empty: what each share begins with.
  ///   - read: reads one, whose number is given, and adds to what is gathered.
  /// - Returns: of each share, in no order, the numbers of what it read, in the order in which that was, and what came of it.
  func readShares<Item: Sendable, Gathered: Sendable>(
    of items: [Item], from blob: (Item) -> ObjectID?, into empty: Gathered,
    _ read: @escaping @Sendable (inout Gathered, Int, Item, borrowing Repository) -> Void
  ) throws -> [(numbers: ArraySlice<Int>, gathered: Gathered)] {
    guard isWorthThreads(items.count) else {
      var gathered = empty
      for (number, item) in items.enumerated() { read(&gathered, number, item, repository) }
      return [(Array(items.indices)[...], gathered)]
    }
    let order = try repository.readingOrder(of: items.map(blob))
    let share = max(Self.share, items.count / (Self.shares * min(Self.threads, ThisProcess.processors)))
    return try readShares(order[...], share, of: items, into: empty, read)
  }

  /// Reads each of many things, and hands over what came of some thousand at a time, in the order of the packs: no more is in
  /// memory.
  ///
  /// - Parameters: as those of ``readEach(of:from:_:_:)``.
  public func readAsPacked<Item: Sendable, Value: Sendable>(
    _ items: [Item], from blob: (Item) -> ObjectID?,
    _ read: @escaping @Sendable (Item, borrowing Repository) -> Value, _ take: ([Value]) throws -> Void
  ) throws {
    guard isWorthThreads(items.count) else { return try take(items.map { read($0, repository) }) }
    let order = try repository.readingOrder(of: items.map(blob))
    let atOnce = 16 * Self.share
    for start in stride(from: 0, to: order.count, by: atOnce) {
      let part = order[start...].prefix(atOnce)
      try take(
        readShares(part, 2 * Self.share, of: items, into: [Value]()) { $0.append(read($2, $3)) }.flatMap(
          \.gathered))
    }
  }

  /// Reads those of these numbers, by as many threads as help.
  private func readShares<Item: Sendable, Gathered: Sendable>(
    _ order: ArraySlice<Int>, _ share: Int, of items: [Item], into empty: Gathered,
    _ read: @escaping @Sendable (inout Gathered, Int, Item, borrowing Repository) -> Void
  ) throws -> [(numbers: ArraySlice<Int>, gathered: Gathered)] {
    let directory = directory
    let shares = stride(from: order.startIndex, to: order.endIndex, by: share).map {
      order[$0...].prefix(share)
    }
    let threads = min(Self.threads, ThisProcess.processors, shares.count)
    let readings = try Parallel.map(shares, silence: .infinity, threads: threads) { share in
      Result<Gathered, any Error> {
        let repository = try Repository.open(directory)
        var gathered = empty
        for number in share { read(&gathered, number, items[number], repository) }
        return gathered
      }
    }.compactMap { try $0?.get() }
    return Array(zip(shares, readings)).map { (numbers: $0.0, gathered: $0.1) }
  }

  /// Whether so many things are read by more than one thread. Objects that are borrowed for a while are in this repository alone.
  private func isWorthThreads(_ count: Int) -> Bool { count > 2 * Self.share && !repository.isBorrowing }
}
