import Registry
import RegistryReporting
import RegistryStore
import Testing

@Suite struct MachineReportTests {
  private func machine(isHere: Bool = false, lastPush: Timestamp? = nil) throws -> KnownMachine {
    KnownMachine(
      id: try #require(MachineID("00000000000000a1")), name: "far\u{1B}\tone", entry: nil,
      projects: [try #require(ProjectID(String(repeating: "1", count: 40)))], lastPush: lastPush,
      isHere: isHere)
  }

  @Test func aLineForProgramsIsQuotedAndHasEveryField() throws {
    let record = try machine(isHere: true, lastPush: Timestamp(milliseconds: 0)).record(unsaved: 2)
    let fields = record.split(separator: "\t", omittingEmptySubsequences: false)
    #expect(
      fields == [#""far\033\tone""#, "00000000000000a1", "", "1", "1970-01-01T00:00:00.000Z", "here", "2"])
    #expect(try machine().record(unsaved: nil).hasSuffix("\t\t\t"))
  }

  @Test func aTableHasNothingThatATerminalObeys() throws {
    let cells = try machine(lastPush: Timestamp(milliseconds: 0)).cells(unsaved: 0)
    #expect(cells.count == KnownMachine.heads.count)
    #expect(cells[5] == "0" && cells[6] == "1970-01-01 00:00" && cells[0] == "")
    #expect(!cells.joined().unicodeScalars.contains { $0.value < 0x20 })
  }

  @Test func whatIsKnownIsInLines() throws {
    let lines = try machine().lines(alone: 1, leftUndone: nil)
    #expect(lines.contains("projects:        1, 1 of them on no other machine"))
    #expect(lines.contains("last pushed:     never"))
    #expect(!lines.contains { $0.hasPrefix("system") || $0.hasPrefix("left undone") })
    #expect(try machine().lines(alone: nil, leftUndone: nil).contains("projects:        1"))
  }

  @Test func ofManyNamesTenAreShown() {
    var gone = Succession()
    gone.missing = (1...12).map { "p\($0)" }
    #expect(gone.missingClause(of: "far")?.hasPrefix("12 projects of far are not here: p1, ") == true)
    #expect(gone.missingClause(of: "far")?.hasSuffix("p10 and 2 more") == true)
    gone.missing = []
    #expect(gone.missingClause(of: "far") == nil)
  }
}
