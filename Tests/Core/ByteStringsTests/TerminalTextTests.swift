import ByteStrings
import Testing

/// What a terminal may have, character by character.
@Suite struct TerminalTextTests {
  @Test(arguments: [
    ("plain é 日本\n\ttable", "plain é 日本\n\ttable"), ("a\u{1B}[31mb", #"a\033[31mb"#),
    ("a\rb\u{7}\u{7F}", #"a\rb\a\177"#),
    ("\u{9B}8m", #"\u009b8m"#), ("\u{202E}gnp", #"\u202egnp"#),
    ("a\u{200B}b\u{FEFF}\u{AD}", #"a\u200bb\ufeff\u00ad"#),
    ("a\u{200D}b\u{200C}", #"a\u200db\u200c"#), ("\u{E0041}", #"\udb40\udc41"#),
    ("\u{FE0F}a\u{FE0F}", #"\ufe0fa\ufe0f"#),
    ("1\u{FE0F}", #"1\ufe0f"#),
    ("\u{61C}\u{2028}\u{FFF9}\u{FFFF}\u{1FFFE}", #"\u061c\u2028\ufff9\uffff\ud83f\udffe"#),
    ("\u{3164}\u{34F}\u{180E}\u{2064}", #"\u3164\u034f\u180e\u2064"#),
    ("a\u{2800}", #"a\u2800"#), ("\u{2800}\u{2800}", #"\u2800\u2800"#),
    ("\u{1D159}\u{13441}\u{16FE4}", #"\ud834\udd59\ud80d\udc41\ud81b\udfe4"#),
    (#"back\slash "quoted""#, #"back\slash "quoted""#),
  ])
  func escapesWhatSteersOrDeceives(text: String, shown: String) {
    #expect(TerminalText.safe(text) == shown)
    #expect(TerminalText.safe(shown) == shown)
  }

  @Test(arguments: [
    "می\u{200C}خواهم", "क्\u{200D}ष", "👩\u{200D}❤\u{FE0F}\u{200D}👨", "👩🏽\u{200D}💻", "1\u{FE0F}\u{20E3}",
    "☎\u{FE0F}", "\u{600}١", "⠓⠊\u{2800}⠽⠕⠥",
    "e\u{301}",
  ])
  func leavesSpelling(text: String) { #expect(TerminalText.safe(text) == text) }

  @Test func showsBytesThatAreNotUTF8() {
    let surrogate: [UInt8] = [0xED, 0xA0, 0x80]
    #expect(TerminalText.safe([0x61, 0xFF] + surrogate) == Array(#"a\377\355\240\200"#.utf8))
    #expect(TerminalText.safe([0xC0, 0xAF]) == Array(#"\300\257"#.utf8))
    #expect(
      TerminalText.safeJSON(Array("\"a\u{7F}".utf8) + [0xFF, 0x22, 0x0A])
        == Array("\"a\\u007f\\ufffd\"\n".utf8))
  }

  @Test func aValueIsOneLineAndKeepsItsBackslashes() {
    #expect(Quoting.visible("a\nb\t\\c") == #"a\nb\t\\c"#)
    #expect(Quoting.visible("a\u{202E}\"") == #"a\u202e""#)
  }

  /// No byte string gets anything through but printable text, newlines and tabs.
  @Test func nothingElseGetsThrough() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<5000 {
      let bytes = (0..<Int.random(in: 0...16, using: &generator)).flatMap { _ -> [UInt8] in
        if Bool.random(using: &generator) { return [UInt8.random(in: 0...255, using: &generator)] }
        let ranges: [ClosedRange<UInt32>] = [
          0...0x2FF, 0x2000...0x206F, 0xFE00...0xFFFF, 0xE0000...0xE01EF, 0x1F300...0x1FAFF,
        ]
        let value = UInt32.random(in: ranges.randomElement(using: &generator)!, using: &generator)
        return Unicode.Scalar(value).map { Array(String($0).utf8) } ?? []
      }
      let shown = TerminalText.safe(bytes)
      let text = String(validating: shown, as: UTF8.self)
      #expect(text != nil)
      #expect(TerminalText.safe(shown) == shown)
      for scalar in (text ?? "").unicodeScalars where scalar != "\n" && scalar != "\t" {
        #expect(scalar.properties.generalCategory != .control)
        #expect(!(0x202A...0x202E).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value))
        #expect(
          scalar.value != 0x200B && scalar.value != 0xFEFF && !(0xE0000...0xE0FFF).contains(scalar.value))
      }
    }
  }
}
