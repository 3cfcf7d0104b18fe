import Picker
import Testing

/// What the bytes of a terminal mean, however they come.
@Suite struct KeyDecoderTests {
  private static let cases: [(String, [Key])] = [
    ("ab", [.text("a"), .text("b")]), ("é日", [.text("é"), .text("日")]), ("\r", [.enter]),
    ("\u{1B}[A\u{1B}OB\u{10}\u{0E}\u{0B}\n", [.up, .down, .up, .down, .up, .down]),
    ("\u{1B}[5~\u{1B}[6~\u{1B}[H\u{1B}[4~\u{1B}OF", [.pageUp, .pageDown, .home, .end, .end]),
    ("\u{15}\u{17}\u{19}\u{7F}\u{08}", [.killBefore, .killWordBefore, .yank, .backspace, .backspace]),
    ("\u{1B}b\u{1B}f\u{1B}d\u{1B}\u{7F}", [.wordLeft, .wordRight, .killWordBehind, .killWordBefore]),
    ("\u{1B}[1;5D\u{1B}[1;3C\u{1B}[1;2C", [.wordLeft, .wordRight, .right]),
    ("\t\u{1B}[Z\u{0F}\u{0C}\u{1A}", [.mark, .markUp, .preview, .redraw, .suspend]),
    ("\u{03}\u{07}\u{04}", [.leave, .leave, .deleteOrLeave]),
    ("\u{1B}[200~a b\r\nc\u{1B}[31m\u{1B}[201~x", [.text("a b  c [31m"), .text("x")]),
    ("\u{1B}\u{1B}[A", [.leave, .up]),
    // What no key has.
    ("\u{1B}[99z\u{1B}[<0;1;1Mq\u{00}\u{1B}x", [.enter, .text("q")]),
  ]

  @Test(arguments: cases.indices)
  func bytesAreKeys(index: Int) {
    let (text, expected) = Self.cases[index]
    var whole = KeyDecoder()
    #expect(whole.keys(text.utf8) == expected)
    #expect(!whole.isWaiting)
    // In whatever pieces they come.
    var pieces = KeyDecoder()
    #expect(text.utf8.flatMap { pieces.keys([$0]) } == expected)
  }

  @Test func anEscapeIsAKeyWhenNothingFollows() {
    var decoder = KeyDecoder()
    #expect(decoder.keys([0x1B]) == [])
    #expect(decoder.isWaiting)
    #expect(decoder.silence() == [.leave])
    #expect(!decoder.isWaiting)
  }

  @Test func whatIsNotUTF8IsPassedOver() {
    var decoder = KeyDecoder()
    #expect(decoder.keys([0xFF, 0x61, 0xC3, 0x62, 0xE6, 0x97]) == [.text("a"), .text("b")])
    #expect(decoder.silence() == [])
    #expect(decoder.keys([0xED, 0xA0, 0x80, 0x63]) == [.text("c")])
  }

  @Test func aPasteThatNeverEndsIsBoundedAndEndsWithSilence() {
    var decoder = KeyDecoder()
    #expect(decoder.keys(Array("\u{1B}[200~".utf8) + [UInt8](repeating: 0x61, count: 100_000)) == [])
    #expect(decoder.silence().count == 1)
    #expect(decoder.keys("b".utf8) == [.text("b")])
  }

  @Test func noSequenceGrows() {
    var decoder = KeyDecoder()
    #expect(
      decoder.keys(Array("\u{1B}[".utf8) + [UInt8](repeating: 0x31, count: 1000)).allSatisfy {
        $0 == .text("1")
      })
  }
}

/// The line that is typed.
@Suite struct QueryLineTests {
  private static func edited(_ text: String, _ keys: [Key]) -> String {
    var line = QueryLine(text)
    for key in keys { _ = line.edit(key) }
    return line.beforeCursor + "|" + line.behindCursor
  }

  @Test(arguments: [
    ([Key.text("x")], "one twox|"), ([.left, .text("x")], "one twx|o"), ([.home, .text("x")], "x|one two"),
    ([.killWordBefore], "one |"), ([.killWordBefore, .killWordBefore], "|"),
    ([.killBefore, .yank, .yank], "one twoone two|"),
    ([.wordLeft, .killBefore], "|two"), ([.home, .killWordBehind], "| two"), ([.home, .delete], "|ne two"),
    ([.backspace, .backspace], "one t|"), ([.home, .wordRight, .right, .end, .left], "one tw|o"),
    ([.home, .backspace, .left, .killBefore], "|one two"), ([.text("e\u{301}"), .backspace], "one two|"),
    ([.text("e"), .text("\u{301}"), .left], "one two|e\u{301}"),
  ])
  func keysEditIt(keys: [Key], expected: String) {
    #expect(Self.edited("one two", keys) == expected)
  }

  @Test func itHasALimit() {
    var line = QueryLine(String(repeating: "a", count: 10_000))
    #expect(line.text.count == QueryLine.limit)
    #expect(line.edit(.text("b")) == false)
    #expect(line.edit(.enter) == nil)
  }
}
