import SystemSupport
import SystemPackage
import TestSupport
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

  /// Tests run on threads of Swift's own pool, which block what ends a process. A program that had that from them would go on.
  @Test func aProgramBlocksNoSignalThatTheThreadBlocks() throws {
    #if os(Linux)
      let status = String(decoding: try Files.read("/proc/thread-self/status"), as: UTF8.self)
      let blocked = try #require(status.split(separator: "\n").first { $0.hasPrefix("SigBlk:") })
      try #require(blocked.contains { $0 != "0" && $0.isHexDigit }, "this thread blocks nothing")
    #endif
    let ending = ["-c", "kill -TERM $$; exit 7"]
    #expect(try ChildProcess("sh", ending).run().termination == .signalled(15))
    var command: UserCommand? = UserCommand(["sh"] + ending, in: "/")
    var endings: [UserCommand.Ending] = []
    try CommandPool.run(atMost: 1) {
      defer { command = nil }
      return command.map { (key: 0, command: $0) }
    } received: { _, _, _ in
    } ended: { _, ending, _ in
      endings.append(ending)
      return true
    }
    #expect(endings == [.signalled(15)])
  }

  @Test func stopsWhatSaysNothingAndItsChildren() throws {
    var silent = ChildProcess("sh", ["-c", "sleep 4711 & sleep 4711; true"])
    silent.silenceLimit = 0.3
    #expect(try silent.run().termination == .silent)
    let left = try ChildProcess("pgrep", ["-fx", "sleep 4711"]).run()
    #expect(left.termination == .exited(1))
  }

  @Test func endsWithTheProgramAndNotWithWhatItLeavesBehind() throws {
    let start = Clock.monotonicSeconds
    for output in ["", ">/dev/null", "2>/dev/null"] {
      // The shell prints who is left, and all of a pipe's room.
      let leaver = ChildProcess(
        "sh", ["-c", "sleep 4712 \(output) & echo $!; head -c 60000 /dev/zero; exit 3"])
      let result = try leaver.run()
      #expect(result.termination == .exited(3))
      let left = try #require(Int32(String(decoding: result.output.prefix { $0 != 0x0A }, as: UTF8.self)))
      try SystemPrograms.kill(left)
      #expect(result.output.count > 60000)
    }
    #expect(Clock.monotonicSeconds - start < 20)
  }

  /// What git and ssh run to ask a person; where and how they find it makes no difference to how it is known.
  @Test(arguments: [
    "exec -a /usr/lib/ssh/ssh-askpass sleep 1.5", "exec -a /opt/KSshAskpass sleep 1.5",
    "exec -a ssh-sk-helper sleep 1.5", "exec -a git bash -c 'sleep 1.5; true' credential-osxkeychain get",
    "sh -c 'sleep 1.5; : git credential-store get'",
    "exec -a git-remote-https bash -c '(exec -a pinentry-window sleep 1.5); true'",
  ])
  func doesNotCountTheTimeOfAPerson(_ command: String) throws {
    var asking = ChildProcess("bash", ["-c", "(\(command)); true"])
    asking.silenceLimit = 0.5
    #expect(try asking.run().termination == .exited(0))
  }

  @Test(arguments: [
    "exec -a git-remote-https bash -c '(exec -a git sleep 4713); true'", "exec -a ssh sleep 4713",
    "exec -a git sleep 4713",
  ])
  func countsTheTimeOfARemote(_ command: String) throws {
    var waiting = ChildProcess("bash", ["-c", "(\(command)); true"])
    waiting.silenceLimit = 0.5
    #expect(try waiting.run().termination == .silent)
  }

  /// A program that computes by itself, and one whose children do.
  @Test(arguments: [
    "exec perl -e '$end = time + 7; while (time < $end) {}'",
    "perl -e '$end = time + 7; while (time < $end) {}'; true",
    "end=$(($(date +%s) + 7)); while [ $(date +%s) -lt $end ]; do (j=0; while [ $j -lt 20000 ]; do j=$((j + 1)); done); done",
  ])
  func countsNoTimeInWhichItComputes(_ command: String) throws {
    var busy = ChildProcess("sh", ["-c", command])
    busy.mayWorkSilently = true
    busy.silenceLimit = 4
    guard case .exited = try busy.run().termination else {
      Issue.record("it was taken for silent")
      return
    }
  }

  @Test func countsTheTimeInWhichItIsAtRest() throws {
    var idle = ChildProcess("sh", ["-c", "sleep 4714; true"])
    idle.mayWorkSilently = true
    idle.silenceLimit = 1
    #expect(try idle.run().termination == .silent)
  }

  /// A slow download goes on; what has written something and then stops does not.
  @Test func countsNoTimeInWhichItWrites() throws {
    let scratch = try Scratch()
    let place = scratch.path.appending("git")
    try Files.makeDirectory(place.appending("pack"))
    func program(_ script: String) -> ChildProcess {
      var program = ChildProcess("sh", ["-c", script, "sh", place.appending("pack").appending("tmp").text])
      program.silenceLimit = 1
      program.bytesWritten = { Files.size(below: place) }
      return program
    }
    let slow = program("for i in 1 2 3 4 5 6; do sleep 0.4; echo $i >>\"$1\"; done")
    #expect(try slow.run().termination == .exited(0))
    let stalled = program("echo more >>\"$1\"; sleep 4716; true")
    #expect(try stalled.run().termination == .silent)
  }

  @Test func mayHaveNoTerminal() throws {
    var shell = ChildProcess("sh", ["-c", "ps -o sid= -p $$; echo $$"])
    shell.isWithoutTerminal = true
    let words = String(decoding: try shell.run().output, as: UTF8.self).split { $0 == " " || $0 == "\n" }
    #expect(words.count == 2 && words.first == words.last)
  }

  @Test func letsWhatSpeaksGoOn() throws {
    var talker = ChildProcess("sh", ["-c", "for i in 1 2 3 4 5 6; do echo $i >&2; sleep 0.2; done"])
    talker.silenceLimit = 0.7
    #expect(try talker.run().termination == .exited(0))
  }

  @Test func stopsWhatSaysMoreThanIsTaken() throws {
    var talker = ChildProcess("sh", ["-c", "yes 4713 >&2"])
    #expect(throws: SystemError.self) { try talker.run() }
    talker.errorLimit = 1000
    var taken = 0
    nonisolated(unsafe) let count = { taken += $0 }
    talker.onErrors = { count($0.count) }
    let error = #expect(throws: SystemError.self) { try talker.run() }
    #expect(error?.code == .fileTooLarge && taken < 1 << 20)
    #expect(try ChildProcess("pgrep", ["-fx", "yes 4713"]).run().termination == .exited(1))
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

@Suite struct ChildPoolTests {
  @Test func runsSideBySideAndTellsOfEach() {
    var left = ["0", "1", "2", "no-such-program-here"]
    var ended: [String: String] = [:]
    let start = Clock.monotonicSeconds
    ChildPool.run(atMost: 4) {
      left.popLast().map { name in
        (
          name,
          name.count > 1
            ? ChildProcess(name, []) : ChildProcess("sh", ["-c", "sleep 1; echo \(name); exit \(name)"])
        )
      }
    } ended: { name, result in
      switch result {
      case .success(let result):
        ended[name] = "\(result.termination) \(String(decoding: result.output.dropLast(), as: UTF8.self))"
      case .failure(let error): ended[name] = "\(error.code)"
      }
    }
    #expect(
      ended == [
        "0": "exited(0) 0", "1": "exited(1) 1", "2": "exited(2) 2",
        "no-such-program-here": "\(Errno.noSuchFileOrDirectory)",
      ])
    #expect(Clock.monotonicSeconds - start < 2.8)
  }

  @Test func keepsToItsLimit() {
    var left = 4
    var running = 0
    ChildPool.run(atMost: 2) { () -> (key: Int, program: ChildProcess)? in
      if left == 0 { return nil }
      left -= 1
      running += 1
      #expect(running <= 2)
      return (left, ChildProcess("true", []))
    } ended: { _, _ in
      running -= 1
    }
    #expect(left == 0 && running == 0)
  }
}
