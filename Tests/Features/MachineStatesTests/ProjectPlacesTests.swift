import Git
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

@Suite struct ProjectPlacesTests {
  @Test func onlyWhatIsRegisteredAsAPartMayBeOne() throws {
    let scratch = try Scratch(machine: "here")
    let store = try scratch.open()
    let mono = try scratch.repository("mono")
    let inner = try scratch.repository("mono/inner")
    try scratch.write("mono/part/.dev-infra.yml", "name: part\n")
    _ = try store.register([mono.appending("part"), inner], dryRun: false)
    // It was a repository of its own, and is a directory of another one now.
    try Files.removeTree(inner.appending(".git"))
    let rows = try store.view().rows
    #expect(ProjectPlaces(of: rows).parts == [mono.appending("part")])

    let examined = ExaminedCheckout.examine(rows)
    #expect(examined.filter { $0.state.error != nil }.map(\.state.path) == [inner])
    var findings = UnsavedFindings()
    findings.take(checkoutsOf: rows)
    #expect(findings.all.filter { $0.path == inner }.map(\.fact.kind) == ["norepository"])
    let state = try MachineState.take(rows, of: store.machine.id, .branches, after: nil) {
      nil
    } until: {
      false
    }
    let places = state.projects.values.flatMap(\.places).filter { $0["error"]?.string != nil }
    #expect(places.map { $0["path"]?.string } == [inner.text])
  }
}
