import Batch
import SystemSupport
import TestSupport
import Testing

@Suite struct OrderedOutputTests {
  /// What came out, in order.
  private final class Log {
    var bytes: [Int: [UInt8]] = [:]
    var order: [Int] = []
    var closed: [Int] = []
  }

  private func output(memory: Int, _ log: Log) -> OrderedOutput {
    OrderedOutput(
      memoryLimit: memory,
      emit: { index, _, bytes in
        if log.order.last != index { log.order.append(index) }
        log.bytes[index, default: []] += bytes
      }, close: { log.closed.append($0) })
  }

  @Test(arguments: [0, 7, 1 << 20])
  func whatIsWrittenInAnyOrderComesOutInTheirs(memory: Int) throws {
    var random = SeededGenerator(seed)
    for _ in 0..<50 {
      let log = Log()
      let output = output(memory: memory, log)
      let count = Int.random(in: 1...6, using: &random)
      var written = [Int: [UInt8]]()
      var left = (0..<count).map { _ in Int.random(in: 0...5, using: &random) }
      var open = Set(0..<count)
      while let index = open.randomElement(using: &random) {
        if left[index] == 0 {
          open.remove(index)
          try output.end(index)
          continue
        }
        left[index] -= 1
        let size = Int.random(in: 1...20, using: &random)
        let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
        written[index, default: []] += bytes
        try output.receive(index, Bool.random(using: &random) ? .output : .errors, bytes)
      }
      #expect(log.bytes == written, "seed \(seed)")
      #expect(log.order == log.order.sorted())
      #expect(log.closed == Array(0..<count))
    }
  }

  @Test func theFirstOneIsSeenAtOnce() throws {
    let log = Log()
    let output = output(memory: 100, log)
    try output.receive(0, .output, [1])
    try output.receive(1, .output, [2])
    #expect(log.bytes == [0: [1]])
    try output.finish()
    #expect(log.bytes == [0: [1], 1: [2]])
  }
}
