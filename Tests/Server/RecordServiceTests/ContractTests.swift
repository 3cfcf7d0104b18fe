import WorkProd
import RecordService
import Registry
import Testing

/// The pure parts of the contract.
@Suite struct ContractTests {
  @Test(arguments: [
    ("\"a\"", true), ("*", true), ("\"b\", \"a\"", true), ("W/\"a\"", true), (" \"a\" ", true),
    ("\"b\"", false),
    ("a", false), ("\"a", false), ("", false), ("\"a\"b", false),
  ])
  func fieldsNameTags(field: String, names: Bool) {
    #expect(EntityTag.field(field, names: "a") == names)
  }

  @Test func timesAreWholeSecondsWithoutAZone() {
    #expect(ServiceTime(seconds: 1_700_000_000).description == "2023-11-14T22:13:20")
    #expect(ServiceTime("2023-11-14T22:13:20")?.seconds == 1_700_000_000)
    for text in ["2023-11-14T22:13:20Z", "2023-11-14 22:13", "", "2023-11-14T22:13:61"] {
      #expect(ServiceTime(text) == nil, "\(text)")
    }
  }

  @Test func whatIsGivenIsToldFromWhatIsNot() throws {
    let fields = try RequestedFields(
      .object(["path": .null, "description": .string(""), "other": .number("1")]), creating: false, .full)
    #expect(fields.values.count == 2)
    #expect(fields.values[.path] == .some(nil))
    #expect(fields.values[.description] == .some(""))
  }

  @Test func secretsInAURLAreDroppedByOursOnly() throws {
    let body = JSON.object(["remote_url": .string("https://u:p@example.org/x.git")])
    let full = try RequestedFields(body, creating: false, .full)
    #expect(full.values[.remoteURL] == .some("https://example.org/x.git"))
    let plain = try RequestedFields(body, creating: false, .plain)
    #expect(plain.values[.remoteURL] == .some("https://u:p@example.org/x.git"))
  }

  @Test func filtersThatCannotBeAreNone() throws {
    #expect(try RecordFilter { ["status": "x", "classification": "y", "search": ""][$0] }.isEmpty)
    #expect(throws: Refusal.self) { try RecordFilter { ["project_type": "x"][$0] } }
  }
}
