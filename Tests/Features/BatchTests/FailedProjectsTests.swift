import Batch
import TestSupport
import Testing

@Suite struct FailedProjectsTests {
  @Test func whatWasNotChosenIsAsItWas() throws {
    let memory = FailureMemory(registry: try scratchDirectory())
    try FailedProjects(memory, ["update"]).remember(failed: ["a", "a", "b"], of: ["a", "b", "c"])
    #expect(memory.entries.map(\.failed) == [["a", "b"]])
    try FailedProjects(memory, ["update"]).remember(failed: ["c"], of: ["a", "c"])
    #expect(memory.entries.map(\.failed) == [["c", "b"]])
    try FailedProjects(memory, ["update"]).remember(failed: [], of: ["b", "c"])
    #expect(memory.entries.isEmpty)
  }

  @Test func eachCommandHasItsOwn() throws {
    let memory = FailureMemory(registry: try scratchDirectory())
    try FailedProjects(memory, ["foreach", "--", "a"]).remember(failed: ["1"], of: ["1"])
    try FailedProjects(memory, ["foreach", "--", "b"]).remember(failed: ["2"], of: ["2"])
    // One that is run in all anew forgets where it failed before.
    try FailedProjects(memory, ["foreach", "--", "a"], former: []).remember(failed: ["3"], of: ["3"])
    #expect(memory.entries.map(\.command.last) == ["a", "b"])
    #expect(memory.entries.map(\.failed) == [["3"], ["2"]])
  }

  @Test func withoutACommandTheOneThatFailedLastIsMeant() throws {
    let memory = FailureMemory(registry: try scratchDirectory())
    #expect(throws: BatchError.nothingFailed) { try memory.choose(nil, retrying: true) }
    try memory.remember(["foreach", "-c", "false $1", "x"], failed: ["1"])
    try memory.remember(["update"], failed: ["2"])
    let last = try memory.choose(nil, retrying: true)
    #expect(last.command == .shell("false $1", ["x"]))
    try last.former.remember(failed: [], of: [])
    #expect(memory.entries.map(\.failed) == [["1"], ["2"]])
  }

  @Test func aCommandThatIsNotTriedAgainForgetsWhereItFailed() throws {
    let memory = FailureMemory(registry: try scratchDirectory())
    let command = BatchCommand.program(["make", "test"])
    try memory.remember(command.key, failed: ["1", "2"])
    try memory.choose(command, retrying: true).former.remember(failed: [], of: ["1"])
    #expect(memory.entries.map(\.failed) == [["2"]])
    try memory.choose(command, retrying: false).former.remember(failed: [], of: ["1"])
    #expect(memory.entries.isEmpty)
  }
}
