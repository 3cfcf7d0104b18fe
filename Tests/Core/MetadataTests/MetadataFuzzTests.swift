import Metadata
import TestSupport
import Testing

/// Texts put together from YAML's own punctuation: most are broken, some are files that nobody would write.
@Suite struct MetadataFuzzTests {
  static let tokens = [
    "a", "b", "name", "tags", ": ", ":", "- ", "-", "? ", "?", "{", "}", "[", "]", ",", ", ", "\n", "\n",
    "\n  ", "\n    ", " ", "\t",
    "'", "\"", "|", ">", "|+", "|2-", "# c", "#", "...\n", "---\n", "\r\n", "\r", "\u{85}", "\u{2028}", "é",
    "🎉", "\u{FEFF}", "~",
    "<<", "&x", "*x", "!t", "\\", "\\x41", "name: x\n", "tags: [a]\n", "tags:\n- a\n", "%YAML 1.1\n", "=",
    "1.0",
  ]

  @Test(arguments: 0..<50) func anEditOfAnyFileIsRightOrRefused(_ block: Int) {
    for number in 0..<200 {
      let seed = UInt64(5_000_000 + block * 200 + number)
      var random = SeededGenerator(seed)
      let text = (0..<Int.random(in: 1...14, using: &random)).map { _ in random.pick(Self.tokens) }.joined()
      let bytes = Array(text.utf8)
      guard let before = try? ProjectMetadata(parsing: bytes) else { continue }
      let key = random.pick(["name", "tags", "a", "b", "-", "é"])
      let values: [ProjectMetadata.Assignment?] = [
        nil, .text("x"), .text("a\n b\n"), .list(["x", "a"]), .list([]),
      ]
      for value in values {
        guard let result = try? ProjectMetadata.edit(bytes, setting: key, to: value),
          let after = try? ProjectMetadata(parsing: result)
        else { continue }
        #expect(
          MetadataValue.map(before.entries.filter { $0.key != key })
            == .map(after.entries.filter { $0.key != key }),
          "seed \(seed): \(text.debugDescription)")
        switch value {
        case nil: #expect(after[key] == nil, "seed \(seed)")
        case .text(let text): #expect(after[key]?.text == text, "seed \(seed)")
        case .list(let texts), .set(let texts): #expect(after[key]?.texts == texts, "seed \(seed)")
        }
      }
    }
  }
}
