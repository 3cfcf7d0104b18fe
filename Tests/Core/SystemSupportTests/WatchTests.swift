import Synchronization
import SystemPackage
import Testing

import SystemSupport

@Suite struct WatchTests {
  @Test func workThatIsDoneInTimeReturnsWhatItReturns() throws {
    #expect(try Watched.run(silence: 5) { 7 } == 7)
    #expect(throws: SystemError.self) {
      try Watched.run(silence: 5) { throw SystemError("a", "b", code: .ioError) }
    }
    // The same thread does the next.
    for number in 0..<100 { #expect(try Watched.run(silence: 5) { number } == number) }
  }

  @Test func workThatGivesNoSignIsGivenUp() throws {
    let start = Clock.monotonicSeconds
    #expect(try Watched.run(silence: 0.3) { Clock.pause(3) } == nil)
    #expect(Clock.monotonicSeconds - start < 2)
  }

  @Test func workThatGivesSignsMayTakeItsTime() throws {
    let result = try Watched.run(silence: 0.5) {
      for _ in 0..<10 {
        Clock.pause(0.1)
        Watch.sign()
      }
      return true
    }
    #expect(result == true)
  }

  @Test func whatIsToBeDoneThenIsDone() throws {
    let done = Mutex(false)
    _ = try Watched.run(silence: 0.2) {
      Watch.current?.onAbandoning { done.withLock { $0 = true } }
      Clock.pause(2)
    }
    #expect(done.withLock { $0 })
  }

  @Test func outsideOfItNothingIsWatched() {
    #expect(Watch.current == nil)
    Watch.sign()
  }

  @Test func oneThingOfManyThatIsStuckKeepsNoneOfTheOthers() {
    let start = Clock.monotonicSeconds
    let results = Parallel.map(Array(0..<200), silence: 0.4) { number in
      if number % 50 == 17 { Clock.pause(5) }
      return number
    }
    #expect(Clock.monotonicSeconds - start < 4)
    for (index, result) in results.enumerated() {
      #expect(result == (index % 50 == 17 ? nil : index))
    }
  }

  @Test func whatComesOneAfterTheOtherIsHandedOverInItsOrderAsItIsDone() throws {
    var (seen, most) = ([Int](), 0)
    let put = Mutex(0)
    try Parallel.stream(silence: 5, threads: 4, window: 16) { hand in
      for number in 0..<2000 where hand(number) { put.withLock { $0 += 1 } }
    } _: { number in
      if number % 500 == 3 { Clock.pause(0.05) }
      return number * 2
    } each: { batch in
      most = max(most, put.withLock { $0 } - seen.count)
      seen += batch.compactMap(\.value)
    }
    #expect(seen == (0..<2000).map { $0 * 2 })
    // One that has been handed over makes room before it is counted here.
    #expect(most <= 2 * 16 + 1)
  }

  @Test func aThingThatComesLateKeepsNothingBeforeItWaiting() throws {
    let answered = Mutex(0)
    try Parallel.stream(silence: 5, threads: 2, window: 16) { hand in
      for number in 0..<3 {
        guard hand(number) else { return }
        // The next question waits for the answer to this one.
        while answered.withLock({ $0 }) <= number { Clock.pause(0.001) }
      }
    } _: {
      $0
    } each: { batch in
      answered.withLock { $0 += batch.count }
    }
    #expect(answered.withLock { $0 } == 3)
  }

  @Test func whatIsStuckAmongThingsThatComeIsHandedOverWithoutAValue() throws {
    var seen: [Int?] = []
    try Parallel.stream(silence: 0.3, threads: 2, window: 8) { hand in
      for number in 0..<20 where !hand(number) { return }
    } _: { number in
      if number == 7 { Clock.pause(4) }
      return number
    } each: {
      seen += $0.map(\.value)
    }
    #expect(seen == (0..<20).map { $0 == 7 ? nil : $0 })
  }

  @Test func whatTheSourceThrowsComesAfterAllBeforeItAndWhatIsThrownHereAtOnce() {
    var seen = 0
    #expect(throws: SystemError.self) {
      try Parallel.stream(silence: 5, threads: 2, window: 8) { hand in
        for number in 0..<50 where !hand(number) { return }
        throw SystemError("a", "b", code: .ioError)
      } _: {
        $0
      } each: {
        seen += $0.count
      }
    }
    #expect(seen == 50)
    #expect(throws: SystemError.self) {
      try Parallel.stream(silence: 5, threads: 2, window: 8) { hand in
        var number = 0
        while hand(number) { number += 1 }
      } _: {
        $0
      } each: { _ in
        throw SystemError("a", "b", code: .ioError)
      }
    }
  }

  @Test func manyThingsComeBackInTheirOrder() {
    let progress = Mutex<[Int]>([])
    let results = Parallel.map(Array(0..<1000)) { told in
      progress.withLock { $0.append(told) }
    } _: {
      $0 * 2
    }
    #expect(results == (0..<1000).map { $0 * 2 })
    #expect(progress.withLock { $0.allSatisfy { (1...1000).contains($0) } })
    #expect(Parallel.map([Int]()) { $0 } == [])
  }

  @Test func aProgramThatTakesTooLongIsEndedAlsoWhereItKeepsTalking() throws {
    var program = ChildProcess("sh", ["-c", "while :; do echo x; sleep 0.05; done"])
    program.timeLimit = 0.5
    let start = Clock.monotonicSeconds
    #expect(performing: { try program.run() }, throws: { ($0 as? SystemError)?.code == .timedOut })
    #expect(Clock.monotonicSeconds - start < 3)
  }

  @Test func aProgramsMemoryAndFilesAreBounded() throws {
    var program = ChildProcess(
      "python3",
      [
        "-c",
        "import time; time.sleep(0.2)\ntry: x = bytearray(300 << 20)\nexcept MemoryError: print('refused')",
      ])
    program.memoryLimit = 200 << 20
    #expect(String(decoding: try program.run().output, as: UTF8.self) == "refused\n")
    var writer = ChildProcess("sh", ["-c", "sleep 0.2; ulimit -f"])
    writer.fileSizeLimit = 1 << 20
    #expect(Int(String(decoding: try writer.run().output, as: UTF8.self).prefix { $0 != "\n" }) == 2048)
  }

  @Test func onlyARegularFileIsOpened() throws {
    for special in ["/dev/zero", "/dev/null", "/dev"] {
      #expect(throws: SystemError.self) { try Files.read(.init(special), limit: 10) }
      #expect(throws: SystemError.self) { try Files.readStart(of: .init(special), count: 10) }
      #expect(throws: SystemError.self) { try Files.readPieces(of: .init(special), size: 10) { _ in true } }
    }
  }
}
