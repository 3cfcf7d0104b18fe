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
}
