import ByteStrings
import Testing

/// Marks with an accent behind them, which for `String` are other characters.
@Suite struct ByteSearchTests {
  private let accent = "\u{301}"

  @Test func aTextBeginsAndEndsWithItsBytes() {
    #expect("-\(accent)x".begins(with: "-"))
    #expect("/\u{34F}x".begins(with: "/"))
    #expect("a\r\n".ends(with: "\n"))
    #expect(!"\u{C9}a".begins(with: "E\(accent)"))
    #expect(!"a".begins(with: "ab") && !"b".ends(with: "ab"))
    #expect("".begins(with: "") && "a".ends(with: ""))
  }

  @Test func aMarkIsFoundBeforeAnAccent() {
    let text = "key=\(accent)value=\(accent)x"
    #expect(text.holds("=") && !text.holds("-"))
    #expect(text.firstIndex(at: "=").map { text[..<$0] } == "key")
    #expect(text.lastIndex(at: "=").map { text[..<$0].utf8.count } == "key=\(accent)value".utf8.count)
    #expect(text.firstIndex(at: "-") == nil)
    #expect(text.prefix(before: "=") == "key" && "key".prefix(before: "=") == "key")
    #expect("one\r\ntwo".prefix(before: "\n").utf8.elementsEqual("one\r".utf8))
  }

  @Test func aTextIsFoundBeforeAnAccent() {
    #expect("a/..\(accent)/b".holds(text: "..") && "gerrit".holds(text: "gerrit") && "aab".holds(text: "ab"))
    #expect("a\r\nb".holds(text: "\n") && "a".holds(text: "") && "".holds(text: ""))
    #expect(!"ab".holds(text: "abc") && !"".holds(text: "a") && !"\u{C9}".holds(text: "E\(accent)"))
  }

  @Test func aTextIsSplitAtEveryMark() {
    let parts = "a/../\(accent)b//c".split(at: "/").map { Array($0.utf8) }
    #expect(parts == ["a", "..", "\(accent)b", "c"].map { Array($0.utf8) })
    #expect(
      "a=b=\(accent)c".split(at: "=", maxSplits: 1).last?.utf8.elementsEqual("b=\(accent)c".utf8) == true)
    #expect("/a/".split(at: "/", omittingEmptySubsequences: false).count == 3)
  }

  @Test func aTextHoldsAnotherWhereItsBytesStandInIt() {
    let text = "a/../\(accent)b"
    #expect(text.holds(text: "..") && text.holds(text: "/\(accent)") && text.holds(text: "/"))
    #expect("aab".holds(text: "ab") && "ababac".holds(text: "abac"))
    #expect(!text.holds(text: "...") && !"ab".holds(text: "abc") && !"".holds(text: "a"))
    #expect("".holds(text: "") && "a".holds(text: ""))
    #expect(!"\u{C9}".holds(text: "E\(accent)"))
  }

  @Test func aTextIsSplitAtAMarkThatIsNotASCIIToo() {
    #expect(
      "a\u{B7}b\u{B7}\(accent)c".split(at: "\u{B7}").map { Array($0.utf8) }.last == Array("\(accent)c".utf8))
    #expect("\u{C2}\u{B7}x".split(at: "\u{B7}").count == 2)
  }

  @Test func aControlCharacterIsFoundInEveryPartOfAText() {
    for control in ["\u{0}", "\u{1F}", "\u{7F}", "\u{80}", "\u{9F}"] {
      for text in [
        control, "\(control)b", "a\(control)", "é\(control)",
        "a much longer text than fits\(control) in a word",
      ] {
        #expect(text.holdsControl && text.dropFirst(0).holdsControl)
      }
    }
    for text in ["", "plain", "é", "\u{A0}", "a much longer text than fits in a word, é"] {
      #expect(!text.holdsControl)
    }
  }
}
