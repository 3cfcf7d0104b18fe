import Completion
import ByteStrings
import Testing

@Suite("A line of bash, and what may stand at its end")
struct BashLineTests {
  static let breaks = Array(" \t\n\"'@><=;|&(:".utf8)

  @Test(
    "words are unquoted as bash does it",
    arguments: [
      ("dev-infra path ", ["dev-infra", "path", ""]), ("dev-infra path a\\ b", ["dev-infra", "path", "a b"]),
      ("p 'a b", ["p", "a b"]), ("p \"a \\$b \\x", ["p", "a $b \\x"]), ("p $'a\\nb\\101", ["p", "a\nbA"]),
      ("p a\\", ["p", "a"]),
    ])
  func words(line: String, expected: [String]) {
    #expect(BashLine(Array(line.utf8), breaks: Self.breaks).words == expected.map { Array($0.utf8) })
  }

  @Test(
    "a candidate is quoted for the place at the cursor, behind what readline keeps",
    arguments: [
      ("p ", "with space", "with\\ space"), ("p wi", "it's $(x) *", "it\\'s\\ \\$\\(x\\)\\ \\*"),
      ("p ", "new\nline", "$'new\\012line'"), ("p ", "-x", "-x"), ("p ", "日本", "日本"),
      ("p 'w", "with space", "with space"), ("p 'w", "it's", "1234"), ("p \"w", "a$b\"c", "a\\$b\\\"c"),
      ("p \"w", "hey!", "1234"), ("p \"w", "new\nline", "1234"), ("p a:", "a:b c", "b\\ c"),
      ("p a\\:", "a:b", "a:b"), ("p $'n", "new\nline", "new\\012line"),
    ])
  func reply(line: String, word: String, expected: String) {
    let candidate = Candidate(Array(word.utf8), plain: Array("1234".utf8))
    let reply = BashLine(Array(line.utf8), breaks: Self.breaks).reply(candidate)
    #expect(reply.map { String(decoding: $0, as: UTF8.self) } == expected)
  }

  @Test("bytes that are not UTF-8 are written as escapes")
  func bytes() {
    let reply = BashLine(Array("p ".utf8), breaks: Self.breaks).reply(Candidate([0x61, 0xFF]))
    #expect(reply == Array("$'a\\377'".utf8))
  }

  @Test("in a word with closed quotes nothing is put, for readline's share of it cannot be known")
  func mixed() {
    #expect(
      BashLine(Array("p 'a b'c".utf8), breaks: Self.breaks).reply(Candidate(Array("a bcd".utf8))) == nil)
  }
}
