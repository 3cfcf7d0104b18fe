import Batch
import Testing

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
