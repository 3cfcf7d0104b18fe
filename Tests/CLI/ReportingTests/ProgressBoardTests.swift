import Terminal
import Testing

@Suite struct ProgressBoardTests {
  private func drawn(
    _ names: [String], done: Int = 0, total: Int = 0, _ width: Int, _ height: Int
  ) -> [String] {
    ProgressBoard.drawn(
      names.map { ($0, "Receiving objects: 100%") }, done: done, total: total, width: width, height: height)
  }

  @Test func namesStandInAColumn() {
    #expect(
      drawn(["a", "long"], 80, 24) == ["a:    Receiving objects: 100%", "long: Receiving objects: 100%"])
    #expect(drawn([], 80, 24) == [])
  }

  @Test(arguments: [8, 20, 39, 79, 199]) func noLineIsWiderThanTheTerminal(_ width: Int) {
    let names = ["a", "a-name-that-is-longer-than-any-terminal-of-forty-columns", "日本語の倉庫", "x\u{1B}[31m\ny"]
    for line in drawn(names, done: 3, total: 1000, width, 24) {
      #expect(DisplayWidth.of(line) <= width)
      #expect(!line.unicodeScalars.contains { $0.value < 0x20 })
    }
  }

  @Test func theBoardIsNoHigherThanTheTerminal() {
    let names = (1...32).map { "p\($0)" }
    let lines = drawn(names, done: 5, total: 100, 80, 10)
    #expect(lines.count == 10)
    #expect(lines.last == "5 of 100 done, 23 more under way")
    #expect(drawn(names, 80, 1).count == 1)
    #expect(drawn(["a"], done: 1, total: 2, 80, 10).last == "1 of 2 done")
  }
}
