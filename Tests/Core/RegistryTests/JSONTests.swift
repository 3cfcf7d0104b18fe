import SystemSupport
import Registry
import TestSupport
import Testing

@Suite struct JSONTests {
  static func canonical(_ text: String) throws -> String {
    String(decoding: try JSON.parse(Array(text.utf8)).canonical, as: UTF8.self)
  }

  @Test func printsAsJqDoes() throws {
    #expect(
      try Self.canonical(
        #"{"b":[1,{"x":[]}],"a":{},"é":"\u007f\u0000\u001f\/\b\f\n\r\t\"\\","Z":null,"":true}"#)
          == """
          {
            "": true,
            "Z": null,
            "a": {},
            "b": [
              1,
              {
                "x": []
              }
            ],
            "é": "\\u007f\\u0000\\u001f/\\b\\f\\n\\r\\t\\"\\\\"
          }

          """)
    #expect(try Self.canonical(#""\ud83d\ude00😀\u0080""#) == "\"😀😀\u{80}\"\n")
  }

  @Test func hasNoMoreValuesThanAreAllowed() throws {
    let text = Array(#"[{"a":1,"b":[]},"c"]"#.utf8)
    #expect(try JSON.parse(text, maximumValues: 5).array?.count == 2)
    let failure = #expect(throws: JSONError.self) { try JSON.parse(text, maximumValues: 4) }
    #expect(failure?.description == "more than 4 values at byte 16")
  }

  @Test func countsCanBeAddedUp() {
    #expect(JSON.number("7").count == 7)
    #expect(JSON.number("9223372036854775807").count == 1_000_000_000)
    for text in ["-1", "1.5", "1e3", "9223372036854775808"] { #expect(JSON.number(text).count == nil) }
    #expect(JSON.string("7").count == nil)
  }

  @Test func sortsNamesByBytesAndNotAsStrings() throws {
    // U+FF61 comes behind U+1F600 in UTF-16, and "é" is before "f" in no byte order.
    #expect(
      try JSON.parse(Array(#"{"\uff61":1,"😀":2,"é":3,"f":4}"#.utf8)).compact
        == "{\"f\":4,\"é\":3,\"\u{FF61}\":1,\"😀\":2}")
  }

  @Test(arguments: ["0", "-0", "1.0", "1e5", "1E+05", "100000000000000000000", "0.1000", "-12.5e-3"])
  func keepsNumbersAsWritten(number: String) throws { #expect(try Self.canonical(number) == number + "\n") }

  @Test(arguments: [
    "", " ", "nul", "nullx", "tru", "[1,]", "[,1]", "[1 2]", "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#,
    "{a:1}",
    #"{'a':1}"#, "01", "-", "1.", ".5", "1e", "1e+", "+1", "0x1", "NaN", "Infinity", "\"", "\"\\\"",
    "\"\\x\"",
    "\"\\u12\"", "\"\\u12g4\"", #""\ud800""#, #""\udc00""#, #""\ud800\u0041""#, #""\ud800\ud800""#,
    #""\ud800\n""#,
    "\"\n\"", "\"\u{1}\"", "1 1", "{}{}", "[", "{", "[[", #"{"a":1"#, #"{"a":1,"a":1}"#,
    #"{"a":1,"\u0061":2}"#,
    "\u{FEFF}1", "1\u{0}", "/**/1", "\u{A0}1", "{\"\u{E9}\":1,\"\\u00e9\":2}",
  ])
  func refusesWhatIsNotStrictJSON(text: String) {
    #expect(throws: JSONError.self) { try JSON.parse(Array(text.utf8)) }
  }

  @Test(
    arguments: [
      [0x22, 0xE9, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
      [0x22, 0x5C, 0x6E, 0xFF, 0x22], [0xFF], [0x22, 0xE2, 0x82],
    ] as [[UInt8]])
  func refusesWhatIsNotUTF8(bytes: [UInt8]) { #expect(throws: JSONError.self) { try JSON.parse(bytes) } }

  @Test func saysWhere() {
    do {
      _ = try JSON.parse(Array(#"{"a":1,"a":2}"#.utf8))
    } catch { #expect(error.description == "a name for the second time at byte 7") }
  }

  @Test(arguments: [
    ("[1, x]", 4, JSONError.Fault.unexpectedCharacter), ("[1,", 3, .unexpectedEnd), ("", 0, .unexpectedEnd),
    ("\"a", 2, .unendedString), ("\"\\n", 3, .unendedString), ("1 2", 2, .trailingText),
    ("tru", 0, .unknownWord),
    ("{1}", 1, .noName), ("{\"a\" 1}", 5, .noColon), ("{\"a\":1 2}", 7, .unendedObject),
    ("[1 2]", 3, .unendedArray),
    ("-", 1, .noDigit), ("1.", 2, .noDigit), ("1e+", 3, .noDigit), ("\"\t\"", 1, .controlCharacter),
    ("\"\\n\t\"", 3, .controlCharacter), ("\"\\x\"", 1, .unknownEscape), ("\"\\u12g4\"", 1, .shortEscape),
    ("{\"a\":1,\"a\":2}", 7, .repeatedName), ("\"\\ud800\"", 1, .loneSurrogate),
    ("\"\\ud800\\u0041\"", 1, .loneSurrogate), ("[[[]]]", 2, .tooDeep(levels: 2)),
    ("[1,1,1,1]", 7, .tooManyValues(4)),
  ])
  func saysWhatAndWhere(_ text: String, _ offset: Int, _ fault: JSONError.Fault) {
    let error = #expect(throws: JSONError.self) {
      try JSON.parse(Array(text.utf8), maximumDepth: 2, maximumValues: 4)
    }
    #expect(error?.offset == offset)
    #expect(error?.fault == fault)
  }

  @Test func boundsTheDepth() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    _ = try JSON.parse(nested(16))
    #expect(throws: JSONError.self) { try JSON.parse(nested(17)) }
    #expect(throws: JSONError.self) { try JSON.parse(Array(repeating: UInt8(ascii: "["), count: 1_000_000)) }
    #expect(throws: JSONError.self) {
      try JSON.parse(Array(String(repeating: #"{"a":"#, count: 100_000).utf8))
    }
  }

  @Test func comparesBytes() throws {
    #expect(JSON.string("\u{E9}") != .string("e\u{301}"))
    #expect(JSON.object(["\u{E9}": .null]) != .object(["e\u{301}": .null]))
    // Two spellings of a letter are two names of one object.
    let both = try JSON.parse(Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8))
    #expect(both["\u{E9}"] == .number("1") && both["e\u{301}"] == .number("2"))
    #expect(both.compact == "{\"e\u{301}\":2,\"\u{E9}\":1}")
    #expect(try JSON.parse(both.canonical) == both)
    #expect(JSON.number("1") != .number("1.0"))
  }

  static func random(_ generator: inout SeededGenerator, depth: Int = 0, numbers: [String]) -> JSON {
    switch generator.below(depth > 3 ? 4 : 6) {
    case 0: return .null
    case 1: return .bool(generator.oneIn(2))
    case 2: return .number(generator.pick(numbers))
    case 3: return .string(text(&generator))
    case 4:
      return .array(
        (0..<generator.below(4)).map { _ in random(&generator, depth: depth + 1, numbers: numbers) })
    default:
      let pairs = (0..<generator.below(5)).map { _ in
        (text(&generator), random(&generator, depth: depth + 1, numbers: numbers))
      }
      return .object(JSON.Members(pairs))
    }
  }

  static func text(_ generator: inout SeededGenerator) -> String {
    var scalars = String.UnicodeScalarView()
    for _ in 0..<generator.below(8) {
      let ranges: [ClosedRange<UInt32>] = [
        0...0x20, 0x21...0x7F, 0x80...0x2FF, 0x300...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF,
      ]
      if let scalar = Unicode.Scalar(UInt32.random(in: generator.pick(ranges), using: &generator)) {
        scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  @Test func everyValueComesBack() throws {
    var generator = SeededGenerator(seed)
    for _ in 0..<2000 {
      let value = Self.random(&generator, numbers: ["0", "-1.50", "1e9", "12345678901234567890"])
      #expect(try JSON.parse(value.canonical) == value, "seed \(seed)")
      #expect(try JSON.parse(Array(value.compact.utf8)) == value, "seed \(seed)")
      #expect(!value.compact.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "seed \(seed)")
    }
  }

  @Test func damagedTextIsReadOrRefusedButNeverCrashes() {
    var generator = SeededGenerator(seed)
    for _ in 0..<5000 {
      var bytes = Self.random(&generator, numbers: ["0", "-1.50"]).canonical
      for _ in 0...generator.below(3) {
        if generator.oneIn(2) { bytes = Array(bytes.prefix(generator.below(bytes.count + 1))) }
        if !bytes.isEmpty { bytes[generator.below(bytes.count)] = UInt8(generator.below(256)) }
      }
      if let value = try? JSON.parse(bytes) {
        #expect(try! JSON.parse(value.canonical) == value, "seed \(seed)")
      }
    }
  }

  /// Both sides are given small integers only, as jq 1.6 rewrites other numbers.
  @Test(.enabled(if: (try? ChildProcess("jq", ["--version"]).run()) != nil))
  func theRealJqPrintsTheSame() throws {
    var generator = SeededGenerator(seed)
    let values = (0..<400).map { _ in Self.random(&generator, numbers: ["0", "1", "-42", "123456"]) }
    for (arguments, form) in [
      (["-S", "."], { $0.canonical }), (["-cS", "."], { Array(($0.compact + "\n").utf8) }),
    ]
      as [([String], (JSON) -> [UInt8])]
    {
      var jq = ChildProcess("jq", arguments)
      jq.input = Array(values.map { $0.compact + "\n" }.joined().utf8)
      #expect(try jq.run().output == values.flatMap(form), "seed \(seed)")
    }
  }

  @Test func anArrayInPiecesIsTheArray() throws {
    let values = try [#"{"a":[1,{"b":"c"}]}"#, "[]", "null", #""é\n""#].map { try JSON.parse(Array($0.utf8)) }
    for count in 0...values.count {
      var pieces: [[UInt8]] = []
      JSON.writeCanonicalArray(of: values.prefix(count)) { pieces.append($0) }
      #expect(Array(pieces.joined()) == JSON.array(Array(values.prefix(count))).canonical)
      #expect(pieces.count == count + 1)
    }
  }
}
