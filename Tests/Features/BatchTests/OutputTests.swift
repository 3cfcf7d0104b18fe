import ByteStrings
import Registry
import SystemPackage
import SystemSupport
import TestSupport
import Testing

import Batch

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

@Suite struct OutputLinesTests {
  @Test func linesAreWholeHoweverTheyCome() {
    var lines = OutputLines()
    #expect(lines.append(Array("a".utf8)) == [])
    #expect(
      lines.append(Array("b\nc\n\nd".utf8)).map { String(decoding: $0, as: UTF8.self) } == [
        "ab\n", "c\n", "\n",
      ])
    #expect(lines.end() == Array("d\n".utf8))
    #expect(lines.end() == nil)
  }

  @Test func aLineWithoutAnEndIsBounded() {
    var lines = OutputLines()
    let more = [UInt8](repeating: 0x61, count: 3 * OutputLines.longestLine + 1)
    let out = lines.append(more)
    #expect(out.count == 3 && out.allSatisfy { $0.count == OutputLines.longestLine + 1 })
    #expect(lines.end() == [0x61, 0x0A])
  }
}

@Suite struct CapturedOutputTests {
  private func object(_ bytes: [UInt8]) -> JSON.Members {
    var captured = CapturedOutput()
    captured.append(bytes)
    var object: JSON.Members = [:]
    captured.put(into: &object, as: "stdout")
    return object
  }

  @Test func textIsText() {
    #expect(JSON.object(object(Array("é\n".utf8))) == .object(["stdout": .string("é\n")]))
  }

  @Test(
    arguments: [([0xFF], "/w=="), ([0x61, 0xFE], "Yf4="), ([0x61, 0x62, 0xC3], "YWLD")] as [([UInt8], String)]
  )
  func otherBytesAreThereToo(_ bytes: [UInt8], _ encoded: String) {
    #expect(object(bytes)["stdout_base64"]?.string == encoded)
    #expect(object(bytes)["stdout"]?.string?.contains("\u{FFFD}") == true)
  }

  @Test func whatIsCutOffIsMarkedAndNotCutWithinALetter() {
    let bytes = [UInt8](repeating: 0x61, count: CapturedOutput.limit - 1) + Array("é".utf8)
    let cut = object(bytes)
    #expect(cut["stdout"]?.string?.utf8.count == CapturedOutput.limit - 1)
    #expect(cut["stdout_truncated"] == .bool(true))
    #expect(cut["stdout_base64"] == nil)
  }
}

@Suite struct FailureMemoryTests {
  @Test func aCommandIsRememberedByItsWords() throws {
    let directory = try scratchDirectory()
    let memory = FailureMemory(registry: directory)
    let command = ["foreach", "--", "x", ByteText.string(from: [0xFF, 0x22]), "\"quoted"]
    try memory.remember(command, failed: ["1", "2"])
    try memory.remember(["update"], failed: ["3"])
    #expect(memory.entries.map(\.failed) == [["3"], ["1", "2"]])
    #expect(FailureMemory.isSame(memory.entries[1].command, command))
    try memory.remember(command, failed: ["2"])
    #expect(memory.entries.map(\.failed) == [["2"], ["3"]])
    try memory.remember(command, failed: [])
    #expect(memory.entries.map(\.failed) == [["3"]])
  }

  @Test func itIsBounded() throws {
    let directory = try scratchDirectory()
    let memory = FailureMemory(registry: directory)
    for number in 0..<40 { try memory.remember(["foreach", "--", "\(number)"], failed: ["1"]) }
    #expect(memory.entries.count == 16)
    #expect(memory.entries.first?.command.last == "39")
    let long = String(repeating: "x", count: 1 << 17)
    try memory.remember(["foreach", "-c", long], failed: ["1"])
    #expect(memory.entries.count == 16)
  }

  @Test func aDamagedFileIsNothing() throws {
    let directory = try scratchDirectory()
    let cache = directory.appending("cache")
    try Files.makeDirectory(cache)
    for text in ["", "{", "[]", "{\"runs\":[1,{\"command\":1}]}", "{\"runs\":{}}"] {
      try Files.replace(cache.appending("failed.json"), with: Array(text.utf8), durable: false)
      #expect(FailureMemory(registry: directory).entries.isEmpty)
    }
  }
}
