import MachineStates
import Registry
import RegistryIndex
import RegistryReporting
import RegistryStore
import SystemPackage
import SystemSupport
import TestSupport
import Testing
import WorkTreeState

@Suite struct CheckoutChoiceTests {
  /// No condition asks about a work tree here.
  private struct NoStates: CheckoutStateSource {
    func facts(of paths: [String]) throws -> [CheckoutFacts?] { paths.map { _ in nil } }
  }

  private let scratch: Scratch

  init() throws {
    scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let places = try ["shop", "web", "gone"].map {
      try scratch.repository($0, url: "https://example.org/\($0)")
    }
    _ = try store.register(places, dryRun: false)
    try store.forget(store.view().rows.filter { $0.name == "gone" })
  }

  private func choice(
    _ machines: CheckoutChoice.Machines = .here, _ words: [String]? = nil,
    _ change: (inout Selection) -> Void = { _ in }
  ) -> CheckoutChoice {
    var selection = Selection()
    change(&selection)
    return CheckoutChoice(machines, selection, words: words, from: scratch.path)
  }

  private func names(_ choice: CheckoutChoice) throws -> [String] {
    try choice.rows(of: scratch.open().view(), states: NoStates()).map(\.name)
  }

  private func groups(_ choice: CheckoutChoice) throws -> [MachineCheckouts] {
    let store = try scratch.open()
    return try choice.groups(of: store.view(), in: store, states: NoStates()) { ExaminedCheckout.examine($0) }
  }

  @Test func withoutWordsWhatIsHereIsMeant() throws {
    #expect(try names(choice()) == ["shop", "web"])
    #expect(try names(choice { $0.fields["name"] = ["web"] }) == ["web"])
    // Which machines are meant is asked apart.
    #expect(try names(choice { $0.machines = ["elsewhere"] }) == ["shop", "web"])
    #expect(throws: EmptySelection.self) { try names(choice { $0.tags = ["none"] }) }
  }

  @Test func wordsNameProjectsThatAreHere() throws {
    #expect(try names(choice(.here, ["web"])) == ["web"])
    #expect(try names(choice(.here, [scratch.path.appending("shop").text])) == ["shop"])
    #expect(try names(choice(.here, ["*o*"])) == ["shop"])
    #expect(throws: MachineStatesError.notHere(project: "gone")) { try names(choice(.here, ["gone"])) }
    #expect(throws: RegistryIndexError.self) { try names(choice(.here, ["nothing"])) }
    // Nothing was named, and that is not everything.
    #expect(throws: EmptySelection.self) { try names(choice(.here, [])) }
  }

  @Test func eachMachineHasItsOwnCheckouts() throws {
    let all = try groups(choice(.all))
    #expect(all.map(\.machine?.name) == ["here"])
    #expect(all.flatMap(\.checkouts).map(\.row.name) == ["shop", "web"])
    #expect(try groups(choice(.named(["here"]), ["web"])).flatMap(\.checkouts).map(\.row.name) == ["web"])
    #expect(throws: RegistryStoreError.self) { try groups(choice(.named(["elsewhere"]))) }
    // Among all machines, one that does not have it is not asked about it.
    #expect(try groups(choice(.all, ["gone"])).flatMap(\.checkouts).isEmpty)
    #expect(throws: MachineStatesError.notHere(project: "gone")) {
      try groups(choice(.named(["here"]), ["gone"]))
    }
  }

  @Test func whatIsToBeSearchedIsADirectory() throws {
    try scratch.write("file")
    #expect(
      try UnsavedFindings.roots(["shop", "."], from: scratch.path) == [
        scratch.path.appending("shop"), scratch.path,
      ])
    let file = scratch.path.appending("file")
    #expect(throws: MachineStatesError.notADirectory(file)) {
      try UnsavedFindings.roots(["file"], from: scratch.path)
    }
  }
}
