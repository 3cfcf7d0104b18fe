import ByteStrings
import Ranking
import SystemSupport
import SystemPackage
import Synchronization
import TestSupport
import Testing

/// The counter of uses: how it counts, ages, is stored, and survives what is done to its file.
@Suite struct UsesTests {
  private static func id(_ number: Int) -> [UInt8] {
    let digits = String(number, radix: 16)
    return Array((String(repeating: "0", count: 40 - digits.utf8.count) + digits).utf8)
  }

  @Test(arguments: [
    (0, 16000), (3599, 16000), (3600, 8000), (86_399, 8000), (86_400, 2000), (604_800, 1000), (-50, 16000),
  ])
  func aUseCountsLessTheOlderItIs(age: Int, score: Int) {
    var uses = Uses()
    uses.note(Self.id(1), at: 1_000_000)
    #expect(uses.entry(Self.id(1))?.score(at: 1_000_000 + age) == score)
  }

  @Test func usesAddUpAndAreFoundById() {
    var uses = Uses()
    for number in [5, 3, 9, 3, 5, 3] { uses.note(Self.id(number), at: number) }
    #expect(uses.entries.map(\.rank) == [3000, 2000, 1000])
    #expect(uses.entry(Self.id(3))?.time == 3)
    #expect(uses.entry(Self.id(4)) == nil)
    uses.remove(Self.id(5))
    uses.remove(Self.id(4))
    #expect(uses.entries.map(\.rank) == [3000, 1000])
  }

  @Test func ranksAreMadeSmallerTogetherAndTheSmallestForgotten() {
    var uses = Uses()
    uses.merge(Self.id(1), rank: 9000, time: 1)
    uses.merge(Self.id(2), rank: 1001, time: 1)
    uses.merge(Self.id(3), rank: 1, time: 1)
    uses.age()
    // 9,000 of the 10,002 there were, and the third fell below one.
    #expect(uses.entries.map { $0.rank / 1000 } == [8098, 900])
    let before = uses
    uses.age()
    #expect(uses == before)
  }

  @Test func thereAreNeverMoreProjectsThanTheLimit() {
    var uses = Uses()
    for number in 1...(Uses.limit + 500) { uses.merge(Self.id(number), rank: 1.5, time: 1) }
    uses.age()
    #expect(uses.count <= Uses.limit)
  }

  @Test(arguments: [Double.nan, .infinity, -1, 0, 1e300])
  func nonsenseOfAnotherProgramIsBounded(rank: Double) {
    var uses = Uses()
    uses.merge(Self.id(1), rank: rank, time: .max)
    uses.merge(Array("not an id".utf8), rank: 1, time: 1)
    #expect(uses.entries.allSatisfy { $0.rank <= Uses.limit * 1000 && $0.rank > 0 })
    #expect(uses.count <= 1)
  }

  @Test func takingOverTheSameTwiceChangesNothing() {
    var uses = Uses()
    uses.note(Self.id(1), at: 100)
    uses.merge(Self.id(1), rank: 7.25, time: 50)
    let once = uses
    uses.merge(Self.id(1), rank: 7.25, time: 50)
    #expect(uses == once)
    #expect(uses.entry(Self.id(1))?.rank == 7250)
    #expect(uses.entry(Self.id(1))?.time == 100)
  }

  @Test func theFileIsReadAsItWasWrittenAndNothingOfADamagedOne() throws {
    let registry = try scratchDirectory()
    let file = UseFile(registry: registry)
    #expect(file.read() == Uses())
    file.note([String(decoding: Self.id(7), as: UTF8.self)])
    #expect(file.read().entries.map(\.rank) == [1000])
    let path = registry.pushing("cache/uses")
    let bytes = try Files.read(path)
    for damaged in [
      [], Array(bytes.dropLast()), Array("dev-infra-uses 2\n".utf8), Array(repeating: 0x39, count: 500),
    ] {
      try Files.replace(path, with: damaged)
      #expect(file.read() == Uses())
    }
    // A record with letters in its rank counts for nothing, and the next use writes a whole one.
    try Files.replace(path, with: bytes.map { $0 == 0x31 ? 0x78 : $0 })
    #expect(file.read().entries.isEmpty)
    try Files.replace(path, with: bytes)
    file.note([String(decoding: Self.id(7), as: UTF8.self)])
    #expect(file.read().entries.map(\.rank) == [2000])
  }

  @Test func scoresInTheOrderOfIdsAreThoseThatASearchFinds() throws {
    var random = SeededGenerator(seed)
    let registry = try scratchDirectory()
    let (file, path) = (UseFile(registry: registry), registry.pushing("cache/uses"))
    for _ in 0..<50 {
      try file.change { uses in
        uses = Uses()
        for _ in 0...random.below(12) { uses.note(Self.id(random.below(30)), at: random.below(10_000_000)) }
      }
      var bytes = try Files.read(path)
      // One is damaged: in its rank, its time, or what stands between.
      if random.oneIn(2) {
        bytes[bytes.count - 1 - 67 * random.below(file.read().count) - random.below(26)] = 0x78
      }
      try Files.replace(path, with: bytes)
      let damaged = file.read()
      let now = 10_000_000
      var scores = Uses.Scores(damaged, at: now)
      for number in 0..<30 {
        let id = Self.id(number)
        let score = id.withUnsafeBufferPointer { scores.score(of: $0) }
        #expect(score == damaged.entry(id)?.score(at: now) ?? 0, "seed \(seed)")
      }
    }
  }

  @Test func nothingIsLostWhereManyCountAtOnce() throws {
    let file = UseFile(registry: try scratchDirectory())
    let threads = try (0..<8).map { number in
      try WorkerThread {
        for _ in 0..<25 {
          // Where the computer is slow the lock may not be free in time: then nothing was counted, and it is tried again.
          var isCounted = false
          while !isCounted {
            let done: Void? = try? file.change { uses in
              for id in [number % 4, 99] { uses.note(Self.id(id), at: UseFile.now) }
            }
            isCounted = done != nil
          }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(file.read().entries.map(\.rank) == [50_000, 50_000, 50_000, 50_000, 200_000])
  }

  @Test func whereItCannotBeWrittenNothingIsSaid() throws {
    let registry = try scratchDirectory().appending("gone")
    try Files.replace(registry, with: [])
    UseFile(registry: registry).note([String(decoding: Self.id(1), as: UTF8.self)])
    #expect(UseFile(registry: registry).read() == Uses())
  }
}
