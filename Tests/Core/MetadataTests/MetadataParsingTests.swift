import Metadata
import SystemSupport
import Testing

@Suite struct MetadataParsingTests {
  private func parse(_ text: String) throws -> ProjectMetadata {
    try ProjectMetadata(parsing: Array(text.utf8))
  }

  private func refusal(_ text: String) -> MetadataError? { refusal(Array(text.utf8)) }

  private func refusal(_ bytes: [UInt8]) -> MetadataError? {
    do {
      _ = try ProjectMetadata(parsing: bytes)
      return nil
    } catch {
      return error
    }
  }

  /// What this thread has computed; unlike the clock on the wall it does not run while other tests do.
  private func cpuSeconds() -> Double { Clock.threadSeconds }

  @Test func readsWhatIsFoundInTheWild() throws {
    let metadata = try parse(
      """
      # dev-infra
      template: regular-project
      version: 0.3
      created: 2024-01-01
      expected_skills:
        - git   # first
        - "swift"
      last_sync: ~
      sync:
        always: [a, b]
        ask: []
        never:
          - c
      migrated: 2025-02-03T10:11:12Z
      tags: cli, yaml ,
      stages: 3
      """)
    #expect(metadata.template == "regular-project")
    #expect(metadata.version == "0.3")
    #expect(metadata.created == "2024-01-01")
    #expect(metadata.migrated == "2025-02-03")
    #expect(metadata.tags == ["cli", "yaml"])
    #expect(metadata["expected_skills"]?.texts == ["git", "swift"])
    #expect(metadata.declares("sync") && metadata.declares("stages"))
    #expect(!metadata.declares("last_sync") && !metadata.declares("name"))
    #expect(metadata.entries.map(\.key).last == "stages")
    #expect(metadata.entries.last?.line == 16)
    #expect(metadata.findings.isEmpty)
  }

  @Test(arguments: [
    "", "# only a comment", "---\n", "---\n...\n", "\n\n", "\u{FEFF}", "\u{FEFF}# x\n", "%YAML 1.1\n---\n",
  ])
  func aFileWithoutKeysIsFine(_ text: String) throws {
    #expect(try parse(text).entries.isEmpty)
  }

  @Test(arguments: [
    "name:", "name: ", "name: ~", "name: null", "name: ''", "name: # nothing", "{name: }", "{name}",
  ])
  func nothingIsAbsent(_ text: String) throws {
    let metadata = try parse(text)
    #expect(metadata.name == nil && !metadata.declares("name") && metadata.findings.isEmpty)
    #expect(metadata.entries.count == 1)
  }

  @Test func aByteOrderMarkAndCarriageReturnsAreFine() throws {
    let metadata = try parse("\u{FEFF}name: a\r\ntags:\r\n  - b\r\n")
    #expect(metadata.name == "a")
    #expect(metadata.tags == ["b"])
  }

  @Test func escapedControlCharactersAreNoPartOfAName() throws {
    for escape in [#"\e"#, #"\x7f"#, #"\x9b"#, #"\n"#] {
      #expect(try parse("name: \"a\(escape)b\"").name == nil, "\(escape)")
    }
    #expect(try parse(#"name: "a\u202eb""#).name == "a\u{202E}b")
    #expect(try parse(#"description: "a\tb\nc""#).description == "a\tb\nc")
  }

  static let refused: [(text: String, line: Int, column: Int, words: String)] = [
    ("- a\n- b\n", 1, 1, "not a mapping"),
    ("hello", 1, 1, "not a mapping"),
    ("null", 1, 1, "not a mapping"),
    ("a: 1\n---\nb: 2\n", 2, 1, "several documents"),
    ("a: 1\n...\nb: 2\n", 3, 1, "end of the document"),
    ("a: 1\nb: 2\na: 3\n", 3, 1, "twice"),
    ("\u{E9}: 1\ne\u{301}: 2\n", 2, 1, "twice"),
    ("s: {x: 1, \"x\": 2}\n", 1, 11, "twice"),
    ("é: 1\na: [ü, *x]\n", 2, 8, "no anchor"),
    ("a: &x [*x]\n", 1, 8, "no anchor"),
    ("a: 1\nname: !secret x\n", 2, 7, "the tag !secret"),
    ("a: {<<: {b: 1}, <<: {c: 1}}\n", 1, 17, "twice"),
    ("a: \"\\ud83d\"\n", 1, 4, "not valid YAML"),
    ("a: \"\\\\ud83d\\ude00\"\n", 1, 4, "not valid YAML"),
    ("? [a]\n: b\n", 1, 3, "key must be a word"),
    (": b\n", 1, 1, "not valid YAML"),
    ("a: b: c\n", 1, 5, "not valid YAML"),
    ("a: \"b\nc: d\n", 1, 4, "not valid YAML"),
    ("a: [b\n", 2, 1, "not valid YAML"),
    ("\ta: b\n", 1, 1, "not valid YAML"),
    ("a: \"\\0\"\n", 1, 4, "NUL"),
    ("a: \"\\U0010ffff\"\n", 1, 4, "private"),
    ("a: b\u{0}c\n", 1, 5, "U+0000"),
    ("x: y\na: b\u{1B}\n", 2, 5, "U+001B"),
    ("a: \u{9B}m\n", 1, 4, "U+009B"),
    ("%TAG ! !x\n---\na: b\n", 1, 1, "directives"),
    ("%FOO\n---\na: b\n", 1, 1, "directives"),
    ("a: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]", 1, 19, "nested"),
  ]

  @Test(arguments: refused) func refusesWithAPlaceAndAReason(
    _ example: (text: String, line: Int, column: Int, words: String)
  ) throws {
    let error = try #require(refusal(example.text))
    #expect(error.message.contains(example.words))
    #expect((error.line, error.column) == (example.line, example.column), "\(error)")
  }

  @Test(arguments: [
    ("a: 1\na: 2\n", MetadataError.Fault.keyTwice("a")), ("- a\n", .notAMapping),
    ("a: *x\n", .unknownAlias("x")),
    ("name: !secret x\n", .unknownTag("!secret", of: "name")), ("a: \"\\0\"\n", .nul),
    ("a: \u{1B}\n", .controlCharacter("\u{1B}")),
    ("a: 1\n---\nb: 2\n", .severalDocuments), ("%FOO\n---\na: b\n", .directive),
    ("? [a]\n: b\n", .keyNotAWord),
  ])
  func whatIsWrongIsAFact(_ text: String, _ fault: MetadataError.Fault) {
    #expect(refusal(text)?.fault == fault)
  }

  /// Anchors, aliases, merge keys and tags are other tools'; an alias reads as what it names.
  @Test func keysOfOtherToolsMayHaveAllOfYAML() throws {
    let metadata = try parse(
      """
      name: &n a
      defaults: &d {region: eu, sizes: [1, 2]}
      staging:
        <<: *d
        tags: !reference [.base, tags]
        secret: !vault |
          1234
        of: *n
      "": {"packages": {"": {}}}
      <<: *d
      created: !!timestamp 2026-01-02
      organization: !!str 12
      tags: [&t x, *t]
      """)
    #expect(metadata.findings.isEmpty)
    #expect(metadata.name == "a" && metadata.organization == "12" && metadata.created == "2026-01-02")
    #expect(metadata.tags == ["x", "x"])
    guard case .map(let staging) = metadata["staging"] else {
      Issue.record("staging is not a mapping")
      return
    }
    #expect(staging.map(\.key) == ["<<", "tags", "secret", "of"])
    #expect(staging[0].value == metadata["defaults"])
    #expect(staging[2].value.text == "1234\n" && staging[3].value.text == "a")
    #expect(metadata[""] != nil)
  }

  @Test func aliasesOfAliasesAreBounded() throws {
    let levels = (1...12).map {
      "k\($0): &k\($0) [" + Array(repeating: "*k\($0 - 1)", count: 9).joined(separator: ", ") + "]"
    }
    let laughs = "k0: &k0 x\n" + levels.joined(separator: "\n")
    #expect(try #require(refusal(laughs)).message.contains("values"))
    let deep = "k0: &k0 [x]\n" + (1...20).map { "k\($0): &k\($0) [*k\($0 - 1)]" }.joined(separator: "\n")
    #expect(try #require(refusal(deep)).message.contains("nested"))
  }

  /// What programs write where they write JSON: PHP escapes slashes, Python all that is not ASCII, in halves.
  @Test func allOfJSONsEscapesAreRead() throws {
    let metadata = try parse(
      #"""
      {"name":"\u0061\/b","description":"\n\r\t\"\\ \ud83d\ude00 \uFFFD\uD834\uDD1E \\ud83d\\ude00",
      	"k":'\ud83d\ude00 \uFFFE\uFFFE', "n": [1e5, -0.1, true, null], "\ud83d\uDE00": "\b\f\u20ac é"}
      """#)
    #expect(metadata.name == "a/b")
    #expect(metadata["description"]?.text == "\n\r\t\"\\ 😀 \u{FFFD}𝄞 \\ud83d\\ude00")
    #expect(metadata["k"]?.text == #"\ud83d\ude00 \uFFFE\uFFFE"#)
    #expect(metadata["😀"]?.text == "\u{8}\u{C}€ é")
  }

  @Test func refusesBytesThatAreNotText() throws {
    #expect(try #require(refusal([0xFF, 0xFE, 0x61, 0])).message.contains("UTF-16"))
    #expect(try #require(refusal([0xFE, 0xFF, 0, 0x61])).message.contains("UTF-16"))
    let invalid = try #require(refusal(Array("a: b\né: ".utf8) + [0xE9]))
    #expect((invalid.line, invalid.column) == (2, 4))
    #expect(invalid.message.contains("not UTF-8"))
  }

  @Test func sizeIsBounded() throws {
    let comment = "# " + String(repeating: "x", count: (1 << 20) - 2)
    #expect(try parse(comment).entries.isEmpty)
    #expect(try #require(refusal(comment + "x")).message.contains("1 MiB"))
    let many = "a: [" + String(repeating: "b,", count: 70_000) + "]"
    #expect(try #require(refusal(many)).message.contains("values"))
  }

  static let slow = [
    "[", "{a: ", "{", "\"", "? ", "- ", "a: ", "a\n", "a ", "a", "'", "a: |\n", "#\n", "\n", "a: b\n", "[a, ",
    "{a, ", "&a ",
    "!a ", "? a\n", "é", "\u{2028}", "\r", "a:\n- ", "%TAG !a! b\n", "*a ", "\"a\": ", "[a]: ", "\t", ": ",
    "--- ", "...\n", "\"\\ud83d\\ude00\", ", "\\ud83d\\ude00", "&a a, *a, ",
  ]

  /// Whether `body` takes not much more than eight times as long for eight times as much; what is quadratic takes 64 times
  /// as long. A fixed limit would be one of the machine, and of what else runs on it.
  private func isInProportion(_ body: (_ eighths: Int) -> Void) -> Bool {
    func seconds(_ eighths: Int) -> Double {
      let start = cpuSeconds()
      body(eighths)
      return cpuSeconds() - start
    }
    // The second of two is not the one that pays for what is made once.
    let part = max(seconds(1), seconds(1))
    let whole = seconds(8)
    // Less than this is not a long time anywhere, and too short to be compared.
    return whole < 0.5 || whole < 24 * part
  }

  @Test(arguments: slow) func noInputTakesLong(_ piece: String) {
    for prefix in ["", "a: ", "{"] {
      let isInProportion = isInProportion { eighths in
        _ = refusal(
          prefix + String(repeating: piece, count: ((1 << 20) - 3) / 8 * eighths / piece.utf8.count))
      }
      #expect(isInProportion, "\(prefix)\(piece)")
    }
  }

  @Test func noSeriesOfKeysTakesLong() throws {
    var count = 0
    let isInProportion = isInProportion { eighths in
      let lines = (0..<1_875 * eighths).map { "k\($0): [é, \"ü\"]  # x" }.joined(separator: "\n")
      count = (try? parse(lines))?.entries.count ?? 0
    }
    #expect(count > 10_000)
    #expect(isInProportion)
  }
}
