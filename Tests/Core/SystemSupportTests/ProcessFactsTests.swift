import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// What is told of processes: what the system answers here, and what macOS answers, from bytes.
@Suite struct ProcessFactsTests {
  /// An answer of `KERN_PROCARGS2`: the number of words, the path, NULs to a multiple of eight, words, variables.
  private func area(
    _ number: Int32, path: String, _ words: [String], variables: [String] = ["HOME=/Users/ann"]
  ) -> [UInt8] {
    var bytes = withUnsafeBytes(of: number) { Array($0) }
    bytes += Array(path.utf8) + [0]
    while bytes.count % 8 != 0 { bytes.append(0) }
    for word in words + variables { bytes += Array(word.utf8) + [0] }
    return bytes
  }

  @Test func wordsOfAnArea() {
    let words = ["git", "credential-osxkeychain", "get"]
    #expect(ProcessFacts.words(inArea: area(3, path: "/usr/bin/git", words)[...]) == words)
  }

  @Test func wordsMayBeEmptyAndAnyBytes() {
    #expect(
      ProcessFacts.words(inArea: area(3, path: "/bin/sh", ["sh", "", "a b\n"])[...]) == ["sh", "", "a b\n"])
    let bytes = area(2, path: "/bin/x", ["x", ""]).dropLast(17) + [0xFF, 0, 0]
    #expect(ProcessFacts.words(inArea: bytes).count == 2)
  }

  @Test func anAreaThatIsCutOrWrongGivesWhatThereIs() {
    let whole = area(3, path: "/usr/bin/git", ["git", "fetch", "origin"], variables: [])
    for count in 0...whole.count {
      let words = ProcessFacts.words(inArea: whole.prefix(count))
      #expect(words.count <= 3)
    }
    #expect(ProcessFacts.words(inArea: area(0, path: "/bin/sh", ["sh"])[...]) == [])
    #expect(ProcessFacts.words(inArea: area(-1, path: "/bin/sh", ["sh"])[...]) == [])
    #expect(ProcessFacts.words(inArea: area(.max, path: "/bin/sh", ["sh"], variables: [])[...]).first == "sh")
  }

  @Test func thisProcess() {
    #expect(!ProcessFacts.words(of: Host.process).isEmpty)
    #expect(!ProcessFacts.hasEnded(Host.process))
    #expect(ThisProcess.executable?.resolved != nil)
  }

  /// The number of a program of these commands, which is left to itself.
  private func started(_ commands: String) throws -> Int32 {
    let file = try scratchDirectory().appending("number")
    try ChildProcess.startDetached(
      "sh", ["-c", "echo $$ >\(file).new; mv \(file).new \(file); \(commands)"], environment: [:])
    wait { Files.kind(of: file) == .file }
    return try #require(Int32(String(decoding: Files.read(file).dropLast(), as: UTF8.self)))
  }

  private func wait(_ condition: () -> Bool) {
    for _ in 0..<500 where !condition() { Clock.pause(0.02) }
  }

  @Test func whatAProcessIgnores() throws {
    let number = try started("trap '' INT; exec sleep 4720")
    wait { ProcessFacts.ignores(2, number) }
    #expect(ProcessFacts.ignores(2, number))
    #expect(!ProcessFacts.ignores(15, number))
    try SystemPrograms.kill(number)
    #expect(!ProcessFacts.ignores(2, 0x7FFF_FFF0))
  }

  @Test func aProcessThatHasEndedAndIsNotWaitedFor() throws {
    let scratch = try scratchDirectory()
    let (child, gate) = (scratch.appending("child"), scratch.appending("gate"))
    // A shell takes notice of children that have ended, and what it becomes knows of none: this one ends after that.
    let parent = try started(
      "until [ -e '\(gate)' ]; do sleep 0.02; done & echo $! >\(child); exec sleep 4721")
    wait { (try? Files.read(child))?.last == UInt8(ascii: "\n") }
    let number = try #require(Int32(String(decoding: Files.read(child).dropLast(), as: UTF8.self)))
    wait { ProcessFacts.words(of: parent).first == "sleep" }
    try Files.replace(gate, with: [])
    wait { ProcessFacts.hasEnded(number) }
    #expect(ProcessFacts.hasEnded(number))
    #expect(!Host.isRunning(number))
    try SystemPrograms.kill(parent)
  }

  @Test func noticeIsTakenOfTheEndOfADetachedProcess() throws {
    let gate = try scratchDirectory().appending("gate")
    let process = try ChildProcess.startDetached(
      "sh", ["-c", "until [ -e '\(gate)' ]; do sleep 0.02; done"], environment: [:])
    #expect(process.isRunning)
    try Files.replace(gate, with: [])
    wait { !process.isRunning }
    #expect(!process.isRunning)
  }

  @Test func whatAProcessAndItsChildrenHaveTaken() throws {
    let before = ProcessFacts.work(below: Host.process).processorSeconds
    var sum = 0.0
    while ProcessFacts.work(below: Host.process).processorSeconds < before + 0.05 { sum += 1 }
    #expect(sum > 0)
    // A process that is no more has taken nothing.
    let gone = ProcessFacts.work(below: 0x3FFF_FFF0)
    #expect(gone.processorSeconds == 0 && !gone.waitsForDisk)
  }

  @Test func childrenOfAProcess() throws {
    let number = try started("sleep 4721 & sleep 4722 & wait")
    wait { ProcessFacts.children(of: number).count == 2 }
    let words = ProcessFacts.children(of: number).map { ProcessFacts.words(of: $0) }
    #expect(words.contains(["sleep", "4721"]) && words.contains(["sleep", "4722"]))
    for child in ProcessFacts.children(of: number) { try SystemPrograms.kill(child) }
  }

  // MARK: Programs with limits

  @Test func limitsOfAShellsOwn() throws {
    let words = LimitedCommand.words(
      ["/bin/sh", "-c", #"ulimit -f; printf '%s|' "$@""#, "sh", "a b", "$(x)", ""], memory: nil,
      fileSize: 1 << 20,
      isBoundLater: false)
    let result = try ChildProcess(words[0], Array(words.dropFirst())).run()
    let lines = String(decoding: result.output, as: UTF8.self)
    #expect(result.termination == .exited(0))
    #expect(["2048\na b|$(x)||", "1024\na b|$(x)||"].contains(lines), "\(lines)")
  }

  @Test func aFileBeyondTheLimitIsNotWritten() throws {
    let file = try scratchDirectory().appending("large")
    let words = LimitedCommand.words(
      ["dd", "if=/dev/zero", "of=\(file)", "bs=65536", "count=64"], memory: 1 << 28, fileSize: 1 << 20,
      isBoundLater: false)
    let result = try ChildProcess(words[0], Array(words.dropFirst())).run()
    #expect(result.termination != .exited(0))
    #expect(try Files.read(file).count <= 2 << 20)
  }

  @Test func whatIsBoundLaterOrNotAtAllStaysAsItIs() {
    #expect(LimitedCommand.words(["git"], memory: 1, fileSize: 1, isBoundLater: true) == ["git"])
    #expect(LimitedCommand.words(["git"], memory: nil, fileSize: nil, isBoundLater: false) == ["git"])
  }
}
