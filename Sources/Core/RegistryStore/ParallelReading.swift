public import Git
import SystemSupport

extension RegistryStore {
  /// Things that are read by one thread; fewer are not worth another.
  private static let share = 1000
  /// Shares for each thread: each begins by opening the repository, and at the end the threads wait for the last one.
  private static let shares = 8
  /// Threads at most: libgit2 has locks that all of them want.
  private static let threads = 4
  /// Things whose blobs are read in one go, while no other thread does.
  private static let ahead = 64
  /// Shares that may wait to be handed over.
  private static let window = 8

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
    of items: [Item], from blob: @escaping @Sendable (Item) -> ObjectID?,
    _ read: @escaping @Sendable (Item, borrowing Repository) -> Value, _ take: (Item, Value) throws -> Void
  ) throws {
    guard isWorthThreads(items.count) else {
      for item in items { try take(item, read(item, repository)) }
      return
    }
    try readParts(of: items, items.count, from: { [blob($0)] }, into: [Value]()) {
      readings, _, item, repository in
      readings.append(read(item, repository))
    } _: { _, shares in
      var places = Array(repeating: (share: Int32(0), place: Int32(0)), count: items.count)
      for (share, (numbers, _)) in shares.enumerated() {
        for (place, number) in numbers.enumerated() { places[number] = (Int32(share), Int32(place)) }
      }
      for (item, place) in zip(items, places) {
        try take(item, shares[Int(place.share)].gathered[Int(place.place)])
      }
    }
  }

  /// What has been read of some things: their numbers, in the order in which that was, and what came of them.
  typealias ReadShare<Gathered> = (numbers: ArraySlice<Int>, gathered: Gathered)

  /// Reads many things, a part after the other, each in the order of the packs, by as many threads as help.
  ///
  /// - Parameters:
  ///   - count: how many a part has.
  ///   - blobs: the objects that one is read from; the first decides when it is.
  ///   - empty: what each share of a part begins with.
  ///   - read: reads one, whose number is given, with a repository of the thread's own, and adds to what is gathered.
  ///   - take: is handed the numbers of a part and its shares, in no order, on this thread; meanwhile others read on.
  func readParts<Item: Sendable, Gathered: Sendable>(
    of items: [Item], _ count: Int, from blobs: @escaping @Sendable (Item) -> [ObjectID?],
    into empty: Gathered,
    _ read: @escaping @Sendable (inout Gathered, Int, Item, borrowing Repository) -> Void,
    _ take: (Range<Int>, [ReadShare<Gathered>]) throws -> Void
  ) throws {
    let parts = stride(from: 0, to: items.count, by: max(1, count)).map { $0..<min($0 + count, items.count) }
    guard isWorthThreads(items.count) else {
      for part in parts {
        var gathered = empty
        for number in part { read(&gathered, number, items[number], repository) }
        try take(part, [(Array(part)[...], gathered)])
      }
      return
    }
    let places = try placesInPacks(of: items, blobs)
    let share = max(Self.share, count / (Self.shares * min(Self.threads, ThisProcess.processors)))
    let orders = parts.map { Self.shares(of: $0, at: places, share) }
    var coming = zip(parts, orders).makeIterator()
    var next = coming.next()
    var done: [ReadShare<Gathered>] = []
    try readShares(Array(orders.joined()), of: items, from: blobs, into: empty, read) {
      done.append($0)
      guard let (part, order) = next, done.count == order.count else { return }
      next = coming.next()
      let whole = done
      done = []
      try take(part, whole)
    }
  }

  /// Reads each of many things, and hands over what came of some thousand at a time, in the order of the packs: no more is in
  /// memory.
  ///
  /// - Parameters: as those of ``readParts(of:_:from:into:_:_:)``.
  public func readAsPacked<Item: Sendable, Value: Sendable>(
    _ items: [Item], from blobs: @escaping @Sendable (Item) -> [ObjectID?],
    _ read: @escaping @Sendable (Item, borrowing Repository) -> Value, _ take: ([Value]) throws -> Void
  ) throws {
    guard isWorthThreads(items.count) else { return try take(items.map { read($0, repository) }) }
    let shares = Self.shares(of: items.indices, at: try placesInPacks(of: items, blobs), 4 * Self.share)
    try readShares(shares, of: items, from: blobs, into: [Value]()) { values, _, item, repository in
      values.append(read(item, repository))
    } _: {
      try take($0.gathered)
    }
  }

  /// Where the first blob of each stands in the packs.
  private func placesInPacks<Item>(of items: [Item], _ blobs: (Item) -> [ObjectID?]) throws -> [Int] {
    try repository.placesInPacks(of: items.map { blobs($0).first ?? nil })
  }

  /// These numbers in the order of their places, so many in a share.
  private static func shares(of numbers: Range<Int>, at places: [Int], _ share: Int) -> [ArraySlice<Int>] {
    let order = numbers.sorted { (places[$0], $0) < (places[$1], $1) }
    return stride(from: 0, to: order.count, by: share).map { order[$0...].prefix(share) }
  }

  /// Reads those of these numbers, by as many threads as help, and hands over each share, in their order, on this thread.
  private func readShares<Item: Sendable, Gathered: Sendable>(
    _ shares: [ArraySlice<Int>], of items: [Item], from blobs: @escaping @Sendable (Item) -> [ObjectID?],
    into empty: Gathered,
    _ read: @escaping @Sendable (inout Gathered, Int, Item, borrowing Repository) -> Void,
    _ take: (ReadShare<Gathered>) throws -> Void
  ) throws {
    let directory = directory
    try Parallel.stream(
      silence: .infinity, threads: min(Self.threads, ThisProcess.processors, shares.count),
      window: Self.window
    ) { put in
      for share in shares where !put(share) { return }
    } _: { share in
      Result<Gathered, any Error> {
        let repository = try Repository.open(directory)
        var gathered = empty
        for start in stride(from: share.startIndex, to: share.endIndex, by: Self.ahead) {
          let numbers = share[start...].prefix(Self.ahead)
          repository.readAhead(
            numbers.flatMap { blobs(items[$0]).compactMap(\.self) }, limit: Self.entryLimit)
          for number in numbers { read(&gathered, number, items[number], repository) }
        }
        return gathered
      }
    } each: { done in
      for case (let share, let gathered?) in done { try take((share, gathered.get())) }
    }
  }

  /// Whether so many things are read by more than one thread. Objects that are borrowed for a while are in this repository alone.
  private func isWorthThreads(_ count: Int) -> Bool { count > 2 * Self.share && !repository.isBorrowing }
}
