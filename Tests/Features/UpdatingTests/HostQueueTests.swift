import TestSupport
import Testing

import Connections

@Suite struct HostQueueTests {
  @Test func noHostGetsMoreThanItsShare() {
    var random = SeededGenerator(seed)
    for _ in 0..<100 {
      let perHost = Int.random(in: 1...4, using: &random)
      var queue = HostQueue<Int>(perHost: perHost)
      let count = random.below(40)
      for number in 0..<count { queue.add(number, host: ["", "a", "b"][number % 3]) }
      var running: [HostQueue<Int>.Entry] = []
      var done: Set<Int> = []
      while true {
        if let entry = queue.take(now: 0) {
          running.append(entry)
          for host in ["", "a", "b"] { #expect(running.count { $0.host == host } <= perHost, "seed \(seed)") }
        } else if running.isEmpty {
          break
        } else {
          let entry = running.remove(at: random.below(running.count))
          _ = queue.end(entry, .answered, now: 0, pause: 0)
          done.insert(entry.task)
        }
      }
      #expect(done.count == count && queue.isEmpty, "seed \(seed)")
    }
  }

  @Test func aDroppedConnectionIsMadeAgainAfterAPauseAndWithFewer() throws {
    var queue = HostQueue<Int>(perHost: 4)
    for number in 0..<4 { queue.add(number, host: "a") }
    let entries = (0..<4).compactMap { _ in queue.take(now: 0) }
    try #require(entries.count == 4)
    for entry in entries {
      let again = queue.end(entry, .dropped, now: 0, pause: 2)
      #expect(again)
    }
    let early = queue.take(now: 1)
    #expect(early == nil && queue.nextTime == 2)
    let later = (0..<4).compactMap { _ in queue.take(now: 2) }
    // All four were dropped together: half as many now, and not a sixteenth.
    #expect(later.count == 2)
  }

  @Test func itIsGivenUpAfterSoManyAttempts() throws {
    var queue = HostQueue<Int>(perHost: 1)
    queue.add(1, host: "a")
    for attempt in 1...RetryRule.attempts {
      let taken = queue.take(now: 0)
      let entry = try #require(taken)
      let again = queue.end(entry, .dropped, now: 0, pause: 0)
      #expect(entry.attempt == attempt && again == (attempt < RetryRule.attempts))
    }
    #expect(queue.isEmpty)
  }

  @Test func aHostThatIsNotReachedIsGivenUp() throws {
    var queue = HostQueue<Int>(perHost: 2)
    for number in 0..<3 { queue.add(number, host: "a") }
    queue.add(3, host: "b")
    for _ in 0..<2 {
      let taken = queue.take(now: 0)
      let entry = try #require(taken)
      #expect(!queue.isGivenUp(entry.host))
      _ = queue.end(entry, entry.host == "a" ? .unreached : .answered, now: 0, pause: 0)
    }
    // Others come first now.
    #expect(!queue.isGivenUp("b"))
    while let entry = queue.take(now: 0) { _ = queue.end(entry, .unreached, now: 0, pause: 0) }
    #expect(queue.isGivenUp("a"))
    #expect(!queue.isGivenUp(""))
  }

  @Test func hostsTakeTurns() {
    let tasks = ["a1", "a2", "a3", "b1", "c1", "b2"]
    #expect(RetryRule.mixed(tasks, by: { $0.prefix(1) }) == ["a1", "b1", "c1", "a2", "b2", "a3"])
  }
}
