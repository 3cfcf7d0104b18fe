import Metadata
import Testing

@Suite struct MetadataEditTests {
  typealias Assignment = ProjectMetadata.Assignment

  struct Example: Sendable, CustomTestStringConvertible {
    var old: String
    var key: String
    var value: Assignment?
    var new: String
    var testDescription: String { "\(key) in \(old.debugDescription)" }

    init(_ old: String, _ key: String, _ value: Assignment?, _ new: String) {
      (self.old, self.key, self.value, self.new) = (old, key, value, new)
    }
  }

  private func edit(_ text: String, _ key: String, _ value: Assignment?) throws -> String {
    String(decoding: try ProjectMetadata.edit(Array(text.utf8), setting: key, to: value), as: UTF8.self)
  }

  static let replaced: [Example] = [
    .init("a: 1\nname: old # why\nb: 2\n", "name", .text("new"), "a: 1\nname: new # why\nb: 2\n"),
    .init("name: 'old'\n", "name", .text("it's"), "name: 'it''s'\n"),
    .init("name: 'old'\n", "name", .text("a\nb"), "name: \"a\\nb\"\n"),
    .init("name: \"old\"  # c", "name", .text("x\"y\\"), "name: \"x\\\"y\\\\\"  # c"),
    .init("name: old\r\nb: 2\r\n", "name", .text("new"), "name: new\r\nb: 2\r\n"),
    .init("\u{FEFF}name: é\nb: ü", "b", .text("ö"), "\u{FEFF}name: é\nb: ö"),
    .init("name:\told\t# why\nb: 2\n", "name", .text("new"), "name:\tnew\t# why\nb: 2\n"),
    .init("name: old\nb: 2\t\n", "name", .text("new"), "name: new\nb: 2\t\n"),
    .init("name:\nb: 2\n", "name", .text("new"), "name: new\nb: 2\n"),
    .init("name:   # to do\nb: 2\n", "name", .text("new"), "name: new   # to do\nb: 2\n"),
    .init("name: ~\n", "name", .text("new"), "name: new\n"),
    .init("name:\n  long\n  text # c\nb: 2\n", "name", .text("new"), "name:\n  new # c\nb: 2\n"),
    .init("name: long\n  text\nb: 2\n", "name", .text("new"), "name: new\nb: 2\n"),
    .init("  name: old\n  b: 2\n", "name", .text("new"), "  name: new\n  b: 2\n"),
    .init("--- # start\nname: old\n...\n", "name", .text("new"), "--- # start\nname: new\n...\n"),
    .init("\"name\" : old\n", "name", .text("new"), "\"name\" : new\n"),
    .init("? name\n: old\n", "name", .text("new"), "? name\n: new\n"),
    .init("version: 0.3\n", "version", .text("0.4"), "version: 0.4\n"),
    .init("created: 2024-01-01\n", "created", .text("2024-02-02"), "created: 2024-02-02\n"),
    .init("version: main\n", "version", .text("1.0"), "version: \"1.0\"\n"),
    .init("build: 7\n", "build", .text("8"), "build: \"8\"\n"),
    .init("version: [DEV_INFRA_VERSION]\n", "version", .text("0.3.0"), "version: 0.3.0\n"),
    .init("{name: old, b: 2}\n", "name", .text("a, b"), "{name: \"a, b\", b: 2}\n"),
    .init("{\"name\":\"old\",\"b\":2}", "name", .text("new"), "{\"name\":\"new\",\"b\":2}"),
    .init("{name: , b: 2}", "name", .text("new"), "{name: new , b: 2}"),
    .init("{name, b: 2}", "name", .text("new"), "{name: new, b: 2}"),
    .init("{name}", "name", .text("new"), "{name: new}"),
    .init(
      "sync:\n  always:\n    - a\n  # c\n  ask: b\n# d\nb: 2\n", "sync", .text("x"), "sync: x\n# d\nb: 2\n"),
  ]

  static let blockScalars: [Example] = [
    .init("d: |\n  a\n  b\n\n# c\nb: 2\n", "d", .text("x\ny\n"), "d: |\n  x\n  y\n\n# c\nb: 2\n"),
    .init("d: |   # why\n    a\nb: 2\n", "d", .text("x\n\ny"), "d: |-   # why\n    x\n\n    y\nb: 2\n"),
    .init("d: >\n  a\n  b\nb: 2\n", "d", .text("one line"), "d: one line\nb: 2\n"),
    .init("d: |\n  a\nb: 2\n", "d", .text(" x\ny\n"), "d: |2\n   x\n  y\nb: 2\n"),
    .init("d: |\n  a\n\n\nb: 2\n", "d", .text("x\n\n"), "d: |+\n  x\n\nb: 2\n"),
    .init("d: |+\n  a\n\n\nb: 2\n", "d", .text("x"), "d: x\nb: 2\n"),
    .init("d: |\r\n  a\r\nb: 2\r\n", "d", .text("x\ny\n"), "d: |\r\n  x\r\n  y\r\nb: 2\r\n"),
    .init("d: |\n  a\n  b", "d", .text("x\ny"), "d: |-\n  x\n  y"),
    .init("d: |\n  a\n  b", "d", .text("new"), "d: new"),
    .init("d: |\n  a\nb: 2\n", "d", .text("x\u{7}\ny\n"), "d: \"x\\u0007\\ny\\n\"\nb: 2\n"),
    .init("d: |\n\nb: 2\n", "d", .text("x\ny\n"), "d: |\n  x\n  y\n\nb: 2\n"),
    .init("d:\n  |", "d", .text("new"), "d:\n  new"),
    .init("d: |\nb: 2\n", "d", .text("x\n"), "d: |\n  x\nb: 2\n"),
  ]

  static let added: [Example] = [
    .init("", "name", .text("new"), "name: new\n"),
    .init("# c\n", "name", .text("new"), "# c\nname: new\n"),
    .init("---\n", "name", .text("new"), "---\nname: new\n"),
    .init("\u{FEFF}", "name", .text("new"), "\u{FEFF}name: new\n"),
    .init("a: 1", "name", .text("new"), "a: 1\nname: new"),
    .init("a: 1\r\n", "name", .text("new"), "a: 1\r\nname: new\r\n"),
    .init("a: 1\n# end\n", "name", .text("new"), "a: 1\nname: new\n# end\n"),
    .init("a: 1\n\n# vim: ft=yaml\n", "name", .text("new"), "a: 1\nname: new\n\n# vim: ft=yaml\n"),
    .init("a:\n  - b\n  # - c\n", "name", .text("new"), "a:\n  - b\n  # - c\nname: new\n"),
    .init("a: # none\n  # yet\n# end", "name", .text("new"), "a: # none\n  # yet\nname: new\n# end"),
    .init("{\"a\": 1}", "name", .text("new"), "{\"a\": 1, \"name\": \"new\"}"),
    .init(
      "{\n\t\"a\": \"\\ud83d\\ude00\",\n\t\"b\": []\n}\n", "tags", .list(["x", "\u{7F}"]),
      "{\n\t\"a\": \"\\ud83d\\ude00\",\n\t\"b\": [],\n\t\"tags\": [\"x\", \"\\u007f\"]\n}\n"),
    .init("a: 1\n... # end\n", "name", .text("new"), "a: 1\nname: new\n... # end\n"),
    .init("  a: 1\n", "name", .text("new"), "  a: 1\n  name: new\n"),
    .init("a:\n  - b\n", "tags", .list(["x", "y, z"]), "a:\n  - b\ntags: [x, \"y, z\"]\n"),
    .init("a: |\n  b", "name", .text("new"), "name: new\na: |\n  b"),
    .init("a: |-\n  b", "name", .text("new"), "a: |-\n  b\nname: new"),
    .init("{}", "name", .text("new"), "{name: new}"),
    .init("{a: 1}\n", "name", .text("new"), "{a: 1, name: new}\n"),
    .init("{a: 1,}", "name", .text("new"), "{a: 1, name: new,}"),
    .init("{a}", "name", .text("x:y"), "{a, name: \"x:y\"}"),
    .init(
      "{\n  a: 1, # one\n  b: 2 # two\n}\n", "name", .text("new"),
      "{\n  a: 1, # one\n  b: 2, # two\n  name: new\n}\n"),
    .init("{\n  a: 1, # one\n}\n", "name", .text("new"), "{\n  a: 1, # one\n  name: new,\n}\n"),
    .init("{ # c\n}\n", "name", .text("new"), "{ # c\nname: new}\n"),
    .init("a: 1\n", "a b", .text(""), "a: 1\na b: \"\"\n"),
    .init("a: 1\n", "yes", .text("no"), "a: 1\n\"yes\": \"no\"\n"),
  ]

  static let removed: [Example] = [
    .init("a: 1\n# about\nname: x # c\nb: 2\n", "name", nil, "a: 1\nb: 2\n"),
    .init("a: 1\n# about all\n\nname: x\nb: 2\n", "name", nil, "a: 1\n# about all\n\nb: 2\n"),
    .init("# the file\nname: x\nb: 2\n", "name", nil, "# the file\nb: 2\n"),
    .init("# the file\n\n# the name\nname: x\nb: 2\n", "name", nil, "# the file\n\nb: 2\n"),
    .init("--- # a\n# b\nname: x\nb: 2\n", "name", nil, "--- # a\n# b\nb: 2\n"),
    .init("a: 1\ntags:\n  - x\n  # - y\n# b\nb: 2\n", "tags", nil, "a: 1\n# b\nb: 2\n"),
    .init(
      "{\n  a: 1,\n  # about\n  name: x, # c\n  # b\n  b: 2\n}\n", "name", nil,
      "{\n  a: 1,\n  # b\n  b: 2\n}\n"),
    .init("a: 1\nname: x", "name", nil, "a: 1"),
    .init("name: x", "name", nil, ""),
    .init("a: 1\r\nname:\r\n- x\r\n- y\r\n", "name", nil, "a: 1\r\n"),
    .init("name: |\n  x\n\n# c\nb: 2\n", "name", nil, "\n# c\nb: 2\n"),
    .init("a: 1\nname:\n# c\nb: 2\n", "name", nil, "a: 1\n# c\nb: 2\n"),
    .init("? a\n? name\n# c\n? b\n", "name", nil, "? a\n# c\n? b\n"),
    .init("{a: 1, name: x, b: 2}", "name", nil, "{a: 1, b: 2}"),
    .init("{name: x, b: 2}", "name", nil, "{b: 2}"),
    .init("{a: 1, name: x}", "name", nil, "{a: 1}"),
    .init("{a: 1, name: x,}", "name", nil, "{a: 1,}"),
    .init("{name: x,}", "name", nil, "{}"),
    .init("{\n  a: 1, # one\n  name: x # c\n}\n", "name", nil, "{\n  a: 1 # one\n}\n"),
    .init("{\n  a: 1, # one\n  name: x, # c\n  b: 2\n}\n", "name", nil, "{\n  a: 1, # one\n  b: 2\n}\n"),
    .init("a: 1\n", "name", nil, "a: 1\n"),
    .init("# é\u{2028}name: x\u{2028}b: 2\n", "name", nil, "# é\u{2028}b: 2\n"),
  ]

  static let lists: [Example] = [
    .init("tags: [a, b] # c\n", "tags", .list(["a", "x", "b"]), "tags: [a, x, b] # c\n"),
    .init("tags: [a, b]\n", "tags", .list(["b"]), "tags: [b]\n"),
    .init("tags: [a, b]\n", "tags", .list(["a"]), "tags: [a]\n"),
    .init("tags: ['a', 'b']\n", "tags", .list(["a", "c", "d"]), "tags: ['a', 'c', 'd']\n"),
    .init("tags:\t[a,\tb]\t# c\n", "tags", .list(["a", "b", "x"]), "tags:\t[a,\tb, x]\t# c\n"),
    .init("tags: [\n\ta,\t# one\n\tb\n]\n", "tags", .list(["b"]), "tags: [\n\tb\n]\n"),
    .init("tags: []\n", "tags", .list(["a"]), "tags: [a]\n"),
    .init("tags: [a]\n", "tags", .list([]), "tags: []\n"),
    .init("tags:\n", "tags", .list(["a"]), "tags: [a]\n"),
    .init("tags: a, b # c\n", "tags", .list(["a"]), "tags: [a] # c\n"),
    .init(
      "tags: [\n  a, # one\n  b # two\n]\n", "tags", .list(["a", "b", "c"]),
      "tags: [\n  a, # one\n  b, # two\n  c\n]\n"),
    .init(
      "tags: [\n  a, # one\n  b # two\n]\n", "tags", .list(["b"]), "tags: [\n  b # two\n]\n"),
    .init(
      "tags:\n  # first\n  - a # one\n  - \"b\"\nb: 2\n", "tags", .list(["a", "x", "c"]),
      "tags:\n  # first\n  - a # one\n  - \"x\"\n  - c\nb: 2\n"),
    .init("tags:\n- a # one\n- b\n# end\nb: 2\n", "tags", .list(["b"]), "tags:\n- b\n# end\nb: 2\n"),
    .init("tags:\n  - a\n  - b", "tags", .list(["a", "b", "c"]), "tags:\n  - a\n  - b\n  - c"),
    .init("tags:\n  - a\n  - b", "tags", .list(["a"]), "tags:\n  - a"),
    .init("tags:\n  - a\n", "tags", .list(["z", "a"]), "tags:\n  - z\n  - a\n"),
    .init("tags:\n  -\n  - a\n", "tags", .list(["z", "a"]), "tags:\n  - z\n  - a\n"),
    .init("tags:\n  - a\n  - b\nb: 2\n", "tags", .list([]), "tags: []\nb: 2\n"),
    .init("tags:\n  - a\n  - b\nb: 2\n", "tags", .text("x"), "tags: x\nb: 2\n"),
    .init("tags:\n  - a: 1\n  - b\nb: 2\n", "tags", .list(["x", "z"]), "tags:\n  - x\n  - z\nb: 2\n"),
    .init("tags:\n  - |\n    a\n  - b\nb: 2\n", "tags", .list(["x"]), "tags:\n  - x\nb: 2\n"),
    .init("{tags: [a], b: 2}", "tags", .list(["a", "yes"]), "{tags: [a, \"yes\"], b: 2}"),
    .init("tags: [a: b]\n", "tags", .list(["x"]), "tags: [x]\n"),
  ]

  /// Every change of a list beside every place of a comment.
  static let commented: [Example] = [
    // Above, behind, and behind over two lines; put in, taken out, in another order, another text.
    .init(
      "tags:\n  # z\n  - zeta\n  # a\n  - acme   # until 2027\n", "tags", .set(["acme", "mid", "zeta"]),
      "tags:\n  # z\n  - zeta\n  # a\n  - acme   # until 2027\n  - mid\n"),
    .init(
      "tags:\n  # z\n  - zeta\n  # a\n  - acme # until\n         # 2027\n", "tags",
      .list(["acme", "mid", "zeta"]),
      "tags:\n  # a\n  - acme # until\n         # 2027\n  - mid\n  # z\n  - zeta\n"),
    .init(
      "tags:\n  # z\n  - zeta\n  # a\n  - acme # until 2027\nb: 1\n", "tags", .set(["acme"]),
      "tags:\n  # a\n  - acme # until 2027\nb: 1\n"),
    .init(
      "tags:\n  # z\n  - zeta # y\n  # a\n  - acme # until 2027\nb: 1\n", "tags", .set(["zeta"]),
      "tags:\n  # z\n  - zeta # y\nb: 1\n"),
    .init(
      "tags:\n  - a\n  - b # b\n  - c\n", "tags", .list(["a", "x", "c"]), "tags:\n  - a\n  - x\n  - c\n"),
    .init(
      "tags:\n  - a\n  - b\n  # c\n  - c\n", "tags", .list(["a", "x", "c"]),
      "tags:\n  - a\n  - x\n  # c\n  - c\n"),
    // Of the list: behind its key, before a blank line, below the last.
    .init(
      "tags: # all\n  # z\n\n  - zeta\n\n  - acme\n  # - old\nb: 1\n", "tags",
      .list(["new", "acme", "zeta"]),
      "tags: # all\n  # z\n\n  - new\n  - acme\n\n  - zeta\n  # - old\nb: 1\n"),
    .init(
      "tags:\n- a\n# b\n- b\n# c\nc: 1\n", "tags", .set(["b", "x"]), "tags:\n# b\n- b\n- x\n# c\nc: 1\n"),
    .init("tags:\r\n  # a\r\n  - a\r\n  - b", "tags", .list(["b", "a"]), "tags:\r\n  - b\r\n  # a\r\n  - a"),
    .init("# f\ntags:\n  # a\n  - a # b\nc: 1\n", "tags", nil, "# f\nc: 1\n"),
    .init("tags:\n  # a\n  - a # b\nc: 1\n", "tags", .list([]), "tags: []\nc: 1\n"),
    // In brackets, over lines.
    .init(
      "tags: [zeta, acme] # by importance\n", "tags", .set(["acme", "mid", "zeta"]),
      "tags: [zeta, acme, mid] # by importance\n"),
    .init("tags: [zeta, acme] # c\n", "tags", .list(["acme", "zeta"]), "tags: [acme, zeta] # c\n"),
    .init(
      "tags: [ # t\n  # a\n  a, # one\n  b # two\n  # end\n]\n", "tags", .list(["b", "x", "a"]),
      "tags: [ # t\n  b, # two\n  x,\n  # a\n  a # one\n  # end\n]\n"),
    .init("tags: [\n  # a\n  a, # one\n  # b\n  b\n]\n", "tags", .set(["b"]), "tags: [\n  # b\n  b\n]\n"),
    .init("tags: [a, # one\n  # b\n  b]\n", "tags", .set(["b"]), "tags: [\n  # b\n  b]\n"),
    .init(
      "tags: [\n  # a\n  a,\n  b,\n]\n", "tags", .list(["x", "a", "b"]),
      "tags: [\n  x,\n  # a\n  a,\n  b,\n]\n"),
    .init("tags: [a # one\n  , b # two\n  , c]\n", "tags", .set(["a", "c"]), "tags: [a # one\n  , c]\n"),
    // Texts with commas stay one text.
    .init("tags: zeta, acme # c\n", "tags", .set(["acme", "mid", "zeta"]), "tags: zeta, acme, mid # c\n"),
    .init("tags: zeta, acme # c\n", "tags", .set([]), ""),
    .init("tags: ['a ', b]\n", "tags", .set(["a", "b", "c"]), "tags: ['a ', b, 'c']\n"),
  ]

  @Test(arguments: commented) func aCommentStaysWithItsItem(_ example: Example) throws {
    let new = try edit(example.old, example.key, example.value)
    #expect(new == example.new)
  }

  static let foreignYAML: [Example] = [
    .init(
      "name: a\ndefaults: &d\n  region: eu\nstaging:\n  <<: *d\n  size: 1\n", "name", .text("b"),
      "name: b\ndefaults: &d\n  region: eu\nstaging:\n  <<: *d\n  size: 1\n"),
    .init("x: &x [a, b]\ntags: *x\n", "tags", .list(["a", "c"]), "x: &x [a, b]\ntags: [a, c]\n"),
    .init("name: &n old\n", "name", .text("new"), "name: &n new\n"),
    .init("tags: &t\n  - &a a\n  - b\n", "tags", .list(["b", "c"]), "tags: &t\n  - b\n  - c\n"),
    .init(
      "k: !secret x#y # c\nname: !!str old\n", "name", .text("new"), "k: !secret x#y # c\nname: !!str new\n"),
    .init("\"\": {\"a\": {}}\nname: old\n", "name", .text("new"), "\"\": {\"a\": {}}\nname: new\n"),
  ]

  @Test(arguments: foreignYAML) func anchorsAndTagsOfOtherKeysStay(_ example: Example) throws {
    let new = try edit(example.old, example.key, example.value)
    #expect(new == example.new)
  }

  @Test func aValueThatOthersReferToIsNotChanged() {
    for text in ["name: &n old\nother: *n\n", "name: &n old\nother: [*n]\n"] {
      for value in [Assignment.text("new"), nil] {
        #expect(throws: MetadataError.self) { try edit(text, "name", value) }
      }
    }
  }

  @Test(arguments: replaced + blockScalars) func aValueIsReplacedInPlace(_ example: Example) throws {
    let new = try edit(example.old, example.key, example.value)
    #expect(new == example.new)
  }

  @Test(arguments: added) func aNewKeyGoesToTheEnd(_ example: Example) throws {
    let new = try edit(example.old, example.key, example.value)
    #expect(new == example.new)
  }

  @Test(arguments: removed) func aKeyIsTakenOut(_ example: Example) throws {
    let new = try edit(example.old, example.key, example.value)
    #expect(new == example.new)
  }

  @Test(arguments: lists) func aListKeepsItsForm(_ example: Example) throws {
    let new = try edit(example.old, example.key, example.value)
    #expect(new == example.new)
  }

  static let texts = [
    "yes", "No", "null", "~", "1.0", "12", "0x1F", "1e3", ".5", "12:30", "2024-01-01", "-", "- a", "a: b",
    "a:", "a #b", "#a",
    " a", "a ", "a\nb", "a\r\nb", "\n", "\t", "a\tb", "\u{1}\u{1B}[31m\u{7F}", "\u{85}\u{2028}\u{2029}",
    "🎉 emoji 👩‍👩‍👧", "é e\u{301}",
    "\u{202E}abc", "\u{FEFF}", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a", "\"", "'", "it's \"both\"", "\\",
    "[a]", "{a}", "a, b",
    "?", "? a", ":", "---", "...", "...a", "<<", "=", ",", "", "   ", "\u{E000}\u{1F600}\u{10FF00}",
    "a'\u{301}b", "'", "true",
    "+1", "-.inf", ".NaN", "1_000", "0b1", "a  b", "k\u{A0}v", "x\u{FFFD}", "a: \u{301}b", "a #\u{301}b",
    ",\u{301}", "[\u{301}",
  ]

  @Test(arguments: texts) func anyTextReadsBackAsItself(_ text: String) throws {
    let documents = [
      "", "k: x\n", "k: 'x'\n", "k: \"x\"\n", "k: 1\n", "k: |\n  x\n", "{k: x}", "{\"k\":\"x\"}", "k: [x]\n",
      "k:\n  - x\n",
      "{a: [x], k: [x, 'y']}\n",
    ]
    for key in ["k", "name", "tags"] {
      for document in documents {
        let old = document.replacing("k:", with: key + ":").replacing("\"k\"", with: "\"\(key)\"")
        for value in [Assignment.text(text), .list([text]), .list(["x", text, "z"])] {
          let new = try edit(old, key, value)
          let result = try #require(try ProjectMetadata(parsing: Array(new.utf8))[key])
          switch value {
          case .text: #expect(result.text.map { Array($0.utf8) } == Array(text.utf8), "\(new)")
          case .list(let texts), .set(let texts):
            #expect(result.texts?.map { Array($0.utf8) } == texts.map { Array($0.utf8) }, "\(new)")
          }
        }
      }
    }
  }

  @Test func aValueThatIsThereAlreadyChangesNoByte() throws {
    for text in ["name:   'x'  # c", "name: \"\\x78\"", "{name: x}", "name: >-\n  x\n"] {
      #expect(try edit(text, "name", .text("x")) == text)
    }
    #expect(try edit("tags: ['a', b]", "tags", .list(["a", "b"])) == "tags: ['a', b]")
  }

  @Test func refusesWhatHasNoPlaceInAFile() {
    for (key, value) in [
      ("", "a"), ("<<", "a"), ("a\nb", "a"), ("a", "b\u{0}"), ("a", "\u{10FFFF}"),
      (String(repeating: "k", count: 201), "a"), ("a", String(repeating: "x", count: 1 << 20)),
    ] {
      #expect(throws: MetadataError.self) { try edit("name: x\n", key, .text(value)) }
    }
    #expect(throws: MetadataError.self) { try edit("name: x\nname: y\n", "a", .text("b")) }
    #expect(throws: MetadataError.self) { try edit("- a\n", "a", .text("b")) }
  }
}
