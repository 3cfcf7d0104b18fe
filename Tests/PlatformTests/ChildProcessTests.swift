import Glibc
import Platform
import SystemPackage
import Testing

@Suite struct ChildProcessTests {
  @Test func givesInputAndTakesOutputLargerThanAPipe() throws {
    var cat = ChildProcess("cat", [])
    cat.input = [UInt8](repeating: 7, count: 1_000_000)
    let result = try cat.run()
    #expect(result.termination == .exited(0))
    #expect(result.output == cat.input)
  }

  @Test func tellsStatusAndSignalApart() throws {
    #expect(try ChildProcess("sh", ["-c", "exit 3"]).run().termination == .exited(3))
    #expect(try ChildProcess("sh", ["-c", "kill -9 $$"]).run().termination == .signalled(9))
  }

  @Test func stopsWhatSaysNothingAndItsChildren() throws {
    var silent = ChildProcess("sh", ["-c", "sleep 4711 & sleep 4711; true"])
    silent.silenceLimit = 0.3
    #expect(try silent.run().termination == .silent)
    let left = try ChildProcess("pgrep", ["-fx", "sleep 4711"]).run()
    #expect(left.termination == .exited(1))
  }

  @Test func letsWhatSpeaksGoOn() throws {
    var talker = ChildProcess("sh", ["-c", "for i in 1 2 3 4 5 6; do echo $i >&2; sleep 0.2; done"])
    talker.silenceLimit = 0.7
    #expect(try talker.run().termination == .exited(0))
  }

  @Test func aMissingProgramIsAnError() {
    #expect(throws: SystemError.self) { try ChildProcess("no-such-program-here", []).run() }
  }

  @Test func setsAndUnsetsVariables() throws {
    var shell = ChildProcess("sh", ["-c", "printf %s \"${HOME-unset}$X\""])
    shell.environment = ["HOME": nil, "X": "1"]
    #expect(try shell.run().output == Array("unset1".utf8))
  }
}
