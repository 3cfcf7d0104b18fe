import ByteStrings
import Registry
import RegistryIndex
import RegistryReporting
import RegistryStore
import SystemPackage
import SystemSupport
import TestSupport
import Testing
import MachineStates
import WorkTreeState

@Suite struct MachineCheckoutsTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch(machine: "here") }

  @Test func checkoutsAreToldApartByOwnerAndByPlace() throws {
    let store = try scratch.open()
    let one = try scratch.repository("a/shop", url: "https://example.org/one/shop")
    let two = try scratch.repository("b/shop", url: "https://example.org/two/shop")
    let again = try scratch.repository("c/shop", url: "https://example.org/two/shop")
    _ = try store.register([one, two, again], dryRun: false)
    let view = try store.view()
    let checkouts = ExaminedCheckout.examine(view.rows.sorted { $0[.remoteURL] < $1[.remoteURL] })
    let labels = MachineCheckouts(here: checkouts).labels(in: view)
    #expect(labels.map(\.name) == ["one/shop", "two/shop", "two/shop"])
    #expect(labels.map(\.place) == [nil, two, again])
    #expect(labels.allSatisfy { $0.taken == nil })
  }

  @Test func whatAnotherMachineToldIsShownWithItsTime() throws {
    let store = try scratch.open()
    let shop = try scratch.repository("shop", url: "https://example.org/shop")
    let web = try scratch.repository("web", url: "https://example.org/web")
    _ = try store.register([shop, web], dryRun: false)
    let view = try store.view()
    let rows = view.rows.sorted { $0.name < $1.name }
    let machine = KnownMachine(
      id: try #require(MachineID("00000000000000a1")), name: "far", entry: nil,
      projects: rows.compactMap { ProjectID($0.id) }, lastPush: nil, isHere: false)
    let silent = MachineCheckouts(of: rows, on: machine, saying: nil)
    #expect(silent.isSilent && silent.checkouts.isEmpty)

    var state = MachineState(machine: machine.id, taken: Timestamp(milliseconds: 2000))
    let ids = machine.projects
    state.projects[ids[0]] = .init(places: [CheckoutState.examine(shop).json])
    state.projects[ids[1]] = .init(
      taken: Timestamp(milliseconds: 1000), places: [CheckoutState.examine(web).json])
    let told = MachineCheckouts(of: rows, on: machine, saying: state)
    #expect(!told.isSilent && !told.isLive)
    // Only what is older than the rest has a time of its own.
    #expect(told.labels(in: view).map(\.taken) == [nil, Timestamp(milliseconds: 1000)])
    #expect(told.records.map { $0["machine_name"] } == [.string("far"), .string("far")])
    #expect(
      told.records.map { $0["taken"]?.string } == ["1970-01-01T00:00:02.000Z", "1970-01-01T00:00:01.000Z"])
    let fields = told.lines(.lines)[0].split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    #expect(fields.count == 14)
    #expect(String(decoding: fields[0], as: UTF8.self) == "shop")
    #expect(String(decoding: fields[12], as: UTF8.self) == "far")
  }

  @Test func whatMachinesHadThatMayBeNowhereElseIsFound() throws {
    let store = try scratch.open()
    let shop = try scratch.repository("shop", url: "https://example.org/shop")
    _ = try store.register([shop], dryRun: false)
    let row = try #require(try store.view().rows.first)
    let id = try #require(ProjectID(row.id))
    #expect(store.unsavedWork(of: [(row.id, row.name)], on: [store.machine.id]).isEmpty)
    try scratch.write("shop/new")
    var state = MachineState(machine: store.machine.id, taken: Timestamp(milliseconds: 1000))
    state.projects[id] = .init(places: [CheckoutState.examine(shop).json])
    try store.keep(state)
    let found = store.unsavedWork(of: [(row.id, row.name)], on: [store.machine.id])
    #expect(found.map(\.name) == ["shop"])
    #expect(found.first?.checkouts.map(\.hasUntracked) == [true])
    #expect(found.first?.taken == Timestamp(milliseconds: 1000))
    let machine = try #require(try store.knownMachines().first)
    #expect(store.leftUndone(on: machine)?.projects == [id])
  }

  @Test func whatAnotherMachineToldOfAProjectIsReadAsCheckouts() throws {
    let store = try scratch.open()
    let shop = try scratch.repository("shop", url: "https://example.org/shop")
    _ = try store.register([shop], dryRun: false)
    let row = try #require(try store.view().rows.first)
    // What this machine says of itself is not news to it.
    var state = MachineState(machine: store.machine.id, taken: Timestamp(milliseconds: 1000))
    state.projects[try #require(ProjectID(row.id))] = .init(places: [CheckoutState.examine(shop).json])
    try store.keep(state)
    #expect(store.toldStates(of: row).isEmpty)
  }
}
