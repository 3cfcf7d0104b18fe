import RegistryIndex
import RegistryReporting
import RegistryStore
import SystemPackage
import SystemSupport
import TestSupport
import Testing
import MachineStates
import WorkTreeState

@Suite struct RegistryFindingsTests {
  @Test func theRegistryItselfCountsAsLongAsNoRemoteElsewhereHasIt() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    _ = try store.register([try scratch.repository("shop")], dryRun: false)
    var findings = UnsavedFindings()
    try findings.takeRegistry(store)
    #expect(findings.all.map(\.fact.kind) == ["registry"])
    #expect(findings.all.map(\.path) == [scratch.registry])
    #expect(findings.all.map(\.count) == [1])
  }

  @Test func checkoutsAndWhatIsOutsideOfThemAreTaken() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let shop = try scratch.repository("shop")
    let other = try scratch.repository("other")
    try scratch.write("shop/new")
    try scratch.write("loose/file")
    _ = try store.register([shop], dryRun: false)
    let view = try store.view()
    var findings = UnsavedFindings()
    findings.take(checkoutsOf: view.rows)
    #expect(findings.places == [shop])
    #expect(Set(findings.all.map(\.fact.kind)).isSuperset(of: ["untracked", "noremote"]))
    var outside = UnsavedFindings()
    outside.take(below: [scratch.path], outside: view, besides: store)
    #expect(outside.all.contains { $0.path == other && $0.fact.kind == "unregistered" })
    #expect(outside.all.contains { $0.path == scratch.path.appending("loose") && $0.fact.kind == "files" })
    #expect(!outside.places.contains(scratch.registry) && !outside.places.contains(shop))
  }
}
