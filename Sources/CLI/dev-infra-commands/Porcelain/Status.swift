import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import SystemSupport
import ByteStrings
import Registry
import RegistryStore
import RegistryIndex
import SystemPackage
import WorkTreeState

struct Status: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra status",
    abstract: "Show how the registry stands to its remotes and to this machine's disk.",
    usage: "dev-infra status [--porcelain] [--json] [--exit-code] [<remote>...]")

  @Flag(help: "Print records for scripts.")
  var porcelain = false
  @Flag(help: "Print one JSON object.")
  var json = false
  @Flag(help: "End with 1 when something is to be pushed or pulled, or a directory is missing.")
  var exitCode = false
  @Argument(help: "Remotes; all without any.")
  var remote: [String] = []

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let names = try remote.isEmpty ? store.remotes() : remote
    let remotes = try names.map { try store.status(of: RemoteBranch($0, in: store)) }
    let view = try store.view()
    let places = ViewFile(registry: store.directory).places(in: view)
    let report = StatusReport(
      registry: store.directory, machine: store.machine.name, projects: places.projects, here: places.here,
      remotes: remotes, missing: places.missing,
      machines: try Self.machines(of: store, view, inFull: json || porcelain))
    var output = Output()
    if json {
      try output.write(report.json.canonical)
    } else {
      for line in porcelain ? report.records : report.lines { try output.line(line) }
    }
    try output.flush()
    let isClean = places.missing.isEmpty && remotes.allSatisfy(\.isInSync)
    return exitCode && !isClean ? ExitStatus.no : ExitStatus.success
  }

  /// What other machines last said of their checkouts, by their names.
  ///
  /// - Parameter inFull: whether it is asked of how many projects they told.
  private static func machines(
    of store: borrowing RegistryStore, _ view: View, inFull: Bool
  ) throws -> [StatusReport.MachineReport] {
    let others = try store.otherMachinesWithState()
    // Most machines list the projects with unsaved work themselves; their states of all checkouts are a hundred times as
    // large.
    let records = inFull ? [] : store.states(of: others, only: [])
    let told = Set(records.filter { $0.unsaved != nil }.map(\.machine))
    let whole = store.states(of: inFull ? others : records.map(\.machine).filter { !told.contains($0) })
    return (records.filter { told.contains($0.machine) } + whole).map { state in
      StatusReport.MachineReport(
        name: view.name(of: state.machine.hex), id: state.machine, taken: state.taken,
        projects: told.contains(state.machine) ? nil : state.projects.count,
        unsaved: state.unsaved?.count
          ?? state.projects.keys.count { !state.unsavedPlaces(of: $0).isEmpty })
    }.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
  }
}
