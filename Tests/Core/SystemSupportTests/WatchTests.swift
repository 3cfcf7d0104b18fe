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
