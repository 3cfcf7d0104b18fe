import Batch
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite struct BatchCommandTests {
  @Test(arguments: [
    BatchCommand.program(["make", "-c", "--"]), .shell("echo \"$1\"", ["a b"]), .shell("true", []),
    .program(["-c"]),
  ])
  func aCommandIsKnownAgainByItsKey(_ command: BatchCommand) {
    #expect(BatchCommand(key: command.key) == command)
  }

  @Test func aShellGetsItsTextAndArguments() {
    #expect(BatchCommand.shell("x $1", ["a"]).words == ["/bin/sh", "-c", "x $1", "sh", "a"])
    #expect(BatchCommand.program(["make"]).words == ["make"])
  }

  @Test(arguments: [["update"], [], ["foreach", "--"], ["other", "--", "x"]])
  func otherKeysAreNone(_ key: [String]) { #expect(BatchCommand(key: key) == nil) }

  @Test func theLastCommandIsNotAnUpdate() throws {
    let memory = FailureMemory(registry: try scratchDirectory())
    #expect(memory.lastCommand == nil)
    try memory.remember(BatchCommand.program(["make"]).key, failed: ["a"])
    try memory.remember(["update"], failed: ["b"])
    #expect(memory.lastCommand?.command == .program(["make"]))
    #expect(memory.lastCommand?.failed == ["a"])
  }

  @Test func whatFailedAndWhatWasNotRunIsRunAgain() {
    let targets = ["a", "b", "c"].map {
      BatchTarget(id: $0, name: $0, calledName: $0, remoteURL: "", path: FilePath("/\($0)"))
    }
    let result = BatchResult(
      targets, [.ran(.exited(0), seconds: 1), .ran(.exited(1), seconds: 1), nil])
    #expect(result.failed.map(\.target.id) == ["b"])
    #expect(result.again == ["b", "c"])
    #expect(result.leftOut == 1)
  }
}
