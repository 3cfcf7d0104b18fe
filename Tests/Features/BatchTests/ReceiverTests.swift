import Batch
import Registry
import SystemPackage
import SystemSupport
import Testing

@Suite struct ReceiverTests {
  /// What was written to both streams together.
  private final class Written {
    var text = ""
    func write(_ stream: UserCommand.Stream, _ bytes: [UInt8]) {
      text += (stream == .output ? "" : "!") + String(decoding: bytes, as: UTF8.self)
    }
  }

  private let written = Written()
  private let targets = ["a", "b"].map {
    BatchTarget(id: "id-\($0)", name: $0, calledName: $0, remoteURL: "", path: FilePath("/src/\($0)"))
  }

  private func put(_ receiver: any BatchReceiver, _ index: Int, _ text: String) throws {
    try receiver.receive(index, .output, Array(text.utf8))
  }

  @Test func eachIsBelowItsLineInOrder() throws {
    let receiver = OrderedReceiver(headings: ["== a", "== b"], write: written.write)
    try put(receiver, 1, "two\n")
    try put(receiver, 0, "one, not ended")
    try receiver.end(1, .ran(.exited(0), seconds: 1))
    try receiver.end(0, .ran(.exited(0), seconds: 1))
    try receiver.finish()
    #expect(written.text == "== a\none, not ended\n\n== b\ntwo\n")
  }

  @Test func withoutLinesBytesAreAsTheyCame() throws {
    let receiver = OrderedReceiver(headings: [], write: written.write)
    try put(receiver, 0, "one")
    try receiver.end(0, .ran(.exited(0), seconds: 1))
    try put(receiver, 1, "two")
    try receiver.finish()
    #expect(written.text == "onetwo")
  }

  @Test func aCommandWithTheTerminalHasOnlyTheLineAbove() throws {
    let receiver = TerminalReceiver(headings: ["== a", "== b"], write: written.write)
    try receiver.begin(0)
    try receiver.begin(1)
    #expect(written.text == "== a\n\n== b\n")
  }

  @Test func linesGoOutWholeBehindTheirPrefix() throws {
    let receiver = PrefixReceiver(prefixes: ["a | ", "b | "], write: written.write)
    try put(receiver, 0, "on")
    try put(receiver, 1, "two\nrest")
    try put(receiver, 0, "e\n")
    try receiver.receive(0, .errors, Array("odd".utf8))
    try receiver.end(1, .ran(.exited(0), seconds: 1))
    // What never ended is shown at the end.
    try receiver.finish()
    #expect(written.text == "b | two\na | one\nb | rest\n!a | odd\n")
  }

  @Test func anObjectSaysHowItEnded() throws {
    let receiver = JSONReceiver(
      targets, ["make", "x"],
      reason: { outcome, target in outcome.isSuccess ? nil : "\(target.name) failed" },
      write: written.write)
    try put(receiver, 1, "two")
    try receiver.end(1, .ran(.timedOut, seconds: 0.25))
    try receiver.receive(0, .errors, Array("one".utf8))
    try receiver.end(0, .ran(.exited(3), seconds: 1))
    try receiver.finish()
    let objects = try written.text.split(separator: "\n").map { try JSON.parse(Array($0.utf8)) }
    #expect(objects.map { $0["name"] } == [.string("a"), .string("b")])
    #expect(objects[0]["status"] == .number("3") && objects[0]["stderr"] == .string("one"))
    // A status is an answer of the command's, and no error of ours.
    #expect(objects[0]["error"] == nil)
    #expect(objects[1]["timed_out"] == .bool(true) && objects[1]["error"] == .string("b failed"))
    #expect(objects[1]["milliseconds"] == .number("250") && objects[1]["stdout"] == .string("two"))
    #expect(objects[1]["argv"] == .array([.string("make"), .string("x")]))
  }

  @Test func moreThanIsShownIsNotKept() throws {
    let receiver = JSONReceiver(targets, ["x"], reason: { _, _ in nil }, write: written.write)
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: CapturedOutput.limit / 2 + 1)
    for _ in 0..<4 { try receiver.receive(0, .output, piece) }
    try receiver.end(0, .ran(.signalled(9), seconds: 1))
    let object = try JSON.parse(Array(written.text.utf8))
    #expect(object["stdout"]?.string?.utf8.count == CapturedOutput.limit)
    #expect(object["stdout_truncated"] == .bool(true) && object["signal"] == .number("9"))
  }
}
