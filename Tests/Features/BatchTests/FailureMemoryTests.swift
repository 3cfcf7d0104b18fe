import Batch
import ByteStrings
import SystemPackage
import SystemSupport
import TestSupport
import Testing

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
