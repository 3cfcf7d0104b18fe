import ByteStrings
import Testing

@Suite struct QuotingTests {
  @Test(arguments: [
    ("plain name", "plain name"), ("né", "né"), ("a\nb", #""a\nb""#), (#"q"uote"#, #""q\"uote""#),
    (#"back\slash"#, #""back\\slash""#), ("\u{1B}[31m", #""\033[31m""#), ("\u{9B}31m", #""\302\23331m""#),
    ("\u{202E}gnp", #""\342\200\256gnp""#), ("", ""),
  ])
  func quotesAsGitDoes(plain: String, quoted: String) { #expect(Quoting.quote(plain) == quoted) }

  @Test func quotesBytesThatAreNotUTF8() {
    #expect(Quoting.quote([0x63, 0xE9, 0x80]) == Array(#""c\351\200""#.utf8))
  }

  @Test func everyByteStringComesBack() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
        UInt8.random(in: 1...255, using: &generator)
      }
      #expect(ByteText.bytes(of: ByteText.string(from: bytes)) == bytes)
      // A value that begins with a quote is always quoted, so lines can be told apart.
      #expect(Quoting.unquote(Quoting.quote(bytes)) == bytes)
    }
  }

  @Test func aScalarOfTheReservedRangeIsNotTakenForARawByte() {
    let scalar = Array("\u{10FFE9}".utf8)
    #expect(ByteText.bytes(of: ByteText.string(from: scalar)) == scalar)
    #expect(ByteText.string(from: scalar) != ByteText.string(from: [0xE9]))
  }

  @Test(arguments: [#""open"#, #""a"b"#, #""\q""#, #""\400""#, #""\7""#])
  func refusesBrokenQuoting(line: String) { #expect(Quoting.unquote(line.utf8) == nil) }

  @Test func splitsBothFormats() throws {
    #expect(try RecordFormat.lines.split(Array("a\n\"b\\nc\"\n\nd".utf8)).count == 3)
    #expect(try RecordFormat.nul.split([0x61, 0x0A, 0, 0x62]) == [[0x61, 0x0A], [0x62]])
    #expect(throws: MalformedRecord.self) { try RecordFormat.lines.split(Array("\"x\n".utf8)) }
  }

  @Test func recordsInPiecesAreThoseOfTheWhole() throws {
    let input = Array("a\n\"b\\nc\"\n\n\nlong one\nlast".utf8)
    for format in [RecordFormat.lines, .nul] {
      let bytes = format == .nul ? input.map { $0 == 0x0A ? 0 : $0 } : input
      for size in 1...bytes.count {
        var splitter = RecordSplitter(format)
        var records: [[UInt8]] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
          records += splitter.add(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        records += splitter.end()
        #expect(splitter.fault == nil)
        #expect(try records == format.split(bytes))
      }
    }
  }

  @Test func aRecordOfAStreamIsNamedByItsNumberAndHasABound() throws {
    var splitter = RecordSplitter(.lines)
    #expect(splitter.add(Array("a\n\nb\nc".utf8)).count == 2)
    #expect(splitter.add(Array("\n\"x\ny\n".utf8)) == [[0x63]])
    #expect(splitter.fault?.number == 5)
    #expect(splitter.add(Array("z\n".utf8)) == [])
    var long = RecordSplitter(.nul)
    _ = long.add([UInt8](repeating: 0x61, count: RecordSplitter.limit))
    #expect(long.fault == nil)
    _ = long.add([0x61])
    #expect(long.fault?.fault == .length)
  }
}

@Suite struct ShellQuotingTests {
  @Test(arguments: ["a", "/srv/git/a.git", "user@host:a/b", "--name=1,2", "naïve/ü"])
  func leavesPlainWordsAsTheyAre(_ word: String) { #expect(ShellQuoting.word(word) == word) }

  @Test(arguments: [
    ("", "''"), ("a b", "'a b'"), ("$HOME", "'$HOME'"), ("it's", #"'it'\''s'"#), ("'", #"''\'''"#),
    ("a\nb", "'a\nb'"),
    ("~", "'~'"), ("#", "'#'"), ("a;b", "'a;b'"), ("*", "'*'"),
  ])
  func quotesTheRest(_ text: String, _ word: String) {
    #expect(ShellQuoting.word(text) == word)
    #expect(ShellQuoting.quoted(text) == word)
  }
}
