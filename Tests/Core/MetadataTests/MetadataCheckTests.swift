import Metadata
import Testing

@Suite struct MetadataCheckTests {
  private func parse(_ text: String) throws -> ProjectMetadata {
    try ProjectMetadata(parsing: Array(text.utf8))
  }

  @Test(arguments: [
    "[DEV_INFRA_VERSION]", "\"[DEV_INFRA_VERSION]\"", "'[DEV_INFRA_VERSION]'", "[ DEV_INFRA_VERSION ] # x",
  ])
  func aPlaceholderVersionIsUnknown(_ value: String) throws {
    let metadata = try parse("name: a\nversion: \(value)\n")
    #expect(metadata.version == "unknown")
    #expect(metadata.declares("version"))
    let finding = try #require(metadata.findings.first)
    #expect(metadata.findings.count == 1)
    #expect(finding.line == 2 && finding.key == "version" && finding.severity == .warning)
    #expect(finding.message.contains("[DEV_INFRA_VERSION]"))
  }

  @Test(arguments: ["template", "name", "status", "created", "description", "id"])
  func otherPlaceholdersAreNotUsed(_ key: String) throws {
    for value in ["[TO_BE_FILLED]", "\"[TO_BE_FILLED]\""] {
      let metadata = try parse("\(key): \(value)")
      #expect(!metadata.declares(key))
      #expect(metadata.findings.map(\.key) == [key])
    }
  }

  @Test func aListOfOneCapitalTagIsNoPlaceholder() throws {
    let metadata = try parse("tags: [WORK]\nexpected_skills: [C]\n")
    #expect(metadata.tags == ["WORK"])
    #expect(metadata.findings.isEmpty)
    #expect(try parse("tags: '[TAGS]'").tags == nil)
  }

  @Test(arguments: [
    "status: Active", "status: bogus", "classification: main", "project_type: work", "created: yesterday",
    "created: 2024-02-30", "created: 2023-02-29", "migrated: 2024-1-1", "created: 2024-01-01x",
    "name: [a, b]",
    "description: {a: b}", "id: [x]", "tags: {a: b}", "tags: [a, {b: c}]", "tags: [a, \"\"]", "tags: [a, ~]",
    "homepage: example.org", "homepage: https://u:p@example.org", "tags: [\"a,b\", c]",
    "tags: [\((1...101).map(String.init).joined(separator: ", "))]",
    "organization: \(String(repeating: "x", count: 1001))",
    "expected_skills: git", "sync: always", "sync: {always: a}", "name: \"a\\nb\"", "id: |\n  a\n  b\n",
    "name: \(String(repeating: "x", count: 201))", "tags: [\(String(repeating: "x", count: 201))]",
    "description: \(String(repeating: "x", count: 65_537))",
  ]) func aValueThatCannotBeUsedIsAFinding(_ text: String) throws {
    let metadata = try parse("# c\n" + text)
    let key = try #require(metadata.entries.first?.key)
    #expect(!metadata.declares(key))
    #expect(metadata.findings.map(\.key) == [key])
    #expect(metadata.findings.map(\.line) == [2])
    #expect(metadata.findings.first?.severity == (key == "id" ? .error : .warning))
  }

  @Test(arguments: [
    "status: paused", "classification: archive", "project_type: Learning", "created: 2024-02-29",
    "created: 2024-01-01 10:00", "name: \(String(repeating: "é", count: 200))", "tags: []", "id: x y",
    "sync: {always: [], ask: }", "description: |\n  a\n  b\n", "organization: 7", "my_key: [A]", "version: 1",
    "homepage: https://example.org/", "tags: [\((1...100).map(String.init).joined(separator: ", "))]",
    "organization: \(String(repeating: "x", count: 1000))",
  ]) func aGoodValueIsUsed(_ text: String) throws {
    let metadata = try parse(text)
    #expect(metadata.declares(try #require(metadata.entries.first?.key)))
    #expect(metadata.findings.isEmpty)
  }

  @Test func messagesShowNoControlCharacters() throws {
    let finding = try #require(parse(#"status: "a\e[31m\nb""#).findings.first)
    #expect(finding.message.contains(#"a\033[31m\nb"#))
  }

  @Test func unquotedScalarsHaveTheirCoreTypes() {
    #expect(CoreScalar(plain: "~") == .null)
    #expect(CoreScalar(plain: "True") == .boolean(true))
    #expect(CoreScalar(plain: "-12") == .integer("-12"))
    for text in ["yes", "007", "0x1F", "1.10", "-", "-0", "+1", "1_000", "٣"] {
      #expect(CoreScalar(plain: text) == .text(text))
    }
  }
}
