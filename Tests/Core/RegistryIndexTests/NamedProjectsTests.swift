import Registry
import RegistryIndex
import Testing

@Suite struct NamedProjectsTests {
  private let view: View
  private var selection = Selection()

  init() throws {
    let machine = try #require(MachineID("00112233aabbccdd"))
    let rows = try ["shop", "shop-web", "*", "far"].enumerated().map { number, name in
      let id = String(repeating: "\(number + 1)", count: 40)
      let entry = Project(
        id: try #require(ProjectID(id)), identity: "id \(id)", name: name,
        created: try #require(CalendarDate("2026-01-02")), updated: Timestamp(milliseconds: 1),
        updatedBy: machine)
      let isHere = name != "far"
      return ViewRow(entry, key: "", paths: isHere ? ["/src/\(number)"] : [], machines: [machine])
    }
    view = try #require(
      View(
        View.file(
          commit: String(repeating: "a", count: 40), machine: machine.hex,
          machineNames: [machine.hex: "laptop"], rows: rows)))
  }

  private func names(_ words: [String], everywhere: Bool = false) throws -> [String] {
    let ids = try selection.ids(named: words, in: view, everywhere: everywhere)
    return view.rows.filter { ids.contains($0.id) }.map(\.name).sorted()
  }

  @Test func aWordIsAProjectOrAGlob() throws {
    #expect(try names(["shop"]) == ["shop"])
    #expect(try names(["shop*", "shop"]) == ["shop", "shop-web"])
    #expect(try names(["2222"]) == ["shop-web"])
    #expect(try names([]) == [])
  }

  @Test func aNameGoesBeforeWhatAGlobMatches() throws { #expect(try names(["*"]) == ["*"]) }

  @Test func aGlobIsOfThisMachineUnlessMoreIsAskedFor() throws {
    let error = #expect(throws: EmptySelection.self) { try names(["fa*"]) }
    #expect(error?.reason == .notHere(elsewhere: 1))
    #expect(error?.patterns == ["fa*"])
    #expect(try names(["fa*"], everywhere: true) == ["far"])
    // What is named is meant wherever it is.
    #expect(try names(["far"]) == ["far"])
  }

  @Test func whatNamesNothingIsTold() {
    #expect(throws: RegistryIndexError.self) { try names(["nothing"]) }
    let error = #expect(throws: EmptySelection.self) { try names(["no*"], everywhere: true) }
    #expect(error?.reason == .nowhere)
  }

  @Test func aMachineThatThereIsNotIsToldWithThoseThereAre() {
    var selection = selection
    selection.machines = ["laptop", "desk"]
    #expect(EmptySelection(selection, of: view).reason == .noMachine("desk", known: ["laptop"]))
    selection.machines = ["laptop"]
    #expect(EmptySelection(selection, of: view).reason == .nowhere)
  }
}
