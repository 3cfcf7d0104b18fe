import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import Listing
import SystemSupport
import ByteStrings
import Registry
import RegistryStore
import MachineStates

struct MachineCommand: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra machine",
    abstract: "Show the machines of the registry, and take out those that are no more.",
    usage: """
      dev-infra machine list [--json]
      dev-infra machine show [--json] [<m>...]
      dev-infra machine rename [--quiet] <name>
      dev-infra machine remove [--quiet] [--dry-run] <m>...
      dev-infra machine merge [--quiet] [--dry-run] <m>
      """)

  @Flag(help: "Print JSON.")
  var json = false
  @Flag(name: .shortAndLong, help: "Print nothing but warnings and errors.")
  var quiet = false
  @Flag(name: [.customShort("n"), .long], help: "Print what would be done, and change nothing.")
  var dryRun = false
  @Argument(help: .hidden)
  var subcommand: String?
  @Argument(help: "Machines: an id or the beginning of one, or a name.")
  var m: [String] = []

  private enum Action: String { case list, show, rename, remove, rm, merge }
  private var action: Action? { subcommand.map { Action(rawValue: $0) } ?? .list }

  func validate() throws {
    guard let action else {
      throw ValidationError(
        "there is no 'dev-infra machine \(Quoting.visible(subcommand ?? ""))': list, show, rename, remove and merge are known"
      )
    }
    let (least, most) =
      switch action {
      case .list: (0, 0)
      case .show: (0, Int.max)
      case .rename: (1, 2)
      case .remove, .rm: (1, Int.max)
      case .merge: (1, 1)
      }
    if m.count < least {
      throw ValidationError(action == .rename ? "a name is missing" : "a machine is missing")
    }
    if m.count > most { throw ValidationError("there are too many arguments") }
    if json, action != .list, action != .show { throw ValidationError("--json goes with list and show only") }
    if dryRun, ![.remove, .rm, .merge].contains(action) {
      throw ValidationError("--dry-run goes with remove and merge only")
    }
    if action == .rename, let problem = m.last.flatMap(LocalMachine.problem(withName:)) {
      throw ValidationError(problem)
    }
  }

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let known = try store.knownMachines()
    var output = Output()
    switch action ?? .list {
    case .list: try list(known, &output)
    case .show: try show(known, store, &output)
    case .rename: try rename(known, store, &output)
    case .remove, .rm: try remove(known, store, &output)
    case .merge: try merge(known, store, &output)
    }
    try output.flush()
    return ExitStatus.success
  }

  // MARK: Looking

  private func list(_ known: [KnownMachine], _ output: inout Output) throws {
    if json { return try output.write(JSON.array(known.map(\.json)).canonical) }
    let lines =
      Terminal.isTerminal(1)
      ? Table(heads: KnownMachine.heads, known.map(\.cells), width: Terminal.width).lines
      : known.map(\.record)
    for line in lines { try output.line(line) }
  }

  private func show(
    _ known: [KnownMachine], _ store: borrowing RegistryStore, _ output: inout Output
  ) throws {
    let machines = try m.isEmpty ? known.filter(\.isHere) : store.machines(named: m, among: known)
    for (index, machine) in machines.enumerated() {
      if json {
        try output.write(machine.json.canonical)
        continue
      }
      if index > 0 { try output.line("") }
      let leftUndone = store.leftUndone(on: machine).map { found in
        let count = found.projects.count
        return (count == 0 ? "nothing" : "something in \(count) project\(count == 1 ? "" : "s")")
          + " (\(found.taken))"
      }
      let alone = known.count > 1 ? known.projects(onlyOn: [machine]).count : nil
      for line in machine.lines(alone: alone, leftUndone: leftUndone) { try output.line(line) }
    }
  }

  // MARK: Changing

  private func rename(
    _ known: [KnownMachine], _ store: borrowing RegistryStore, _ output: inout Output
  ) throws {
    if m.count == 2 {
      let machine = try store.machine(named: m[0], among: known)
      guard machine.isHere else {
        throw Failure.no(
          "\(Quoting.visible(machine.name)) is another machine, and only a machine itself changes its name; nothing has been changed",
          hints: "run 'dev-infra machine rename' there")
      }
    }
    let (former, name) = (store.machine.name, m[m.count - 1])
    if known.contains(where: { !$0.isHere && $0.name.hasSameBytes(as: name) }) {
      Messages.warning(
        "another machine is called \(Quoting.visible(name)), too: lists tell them apart by their ids")
    }
    let isChanged = try store.rename(to: name)
    if isChanged, !quiet {
      try output.line("renamed \(Quoting.visible(former)) to \(Quoting.visible(name))")
    }
  }

  private func remove(
    _ known: [KnownMachine], _ store: borrowing RegistryStore, _ output: inout Output
  ) throws {
    let machines = try store.machines(named: m, among: known)
    let gone = known.projects(onlyOn: machines)
    if !gone.isEmpty {
      Messages.warning(
        "\(gone.count == 1 ? "1 project is" : "\(gone.count) projects are") on no other machine: what was there and nowhere "
          + "else is gone with it; the registry keeps \(gone.count == 1 ? "its entry" : "their entries")")
    }
    if machines.contains(where: \.isHere) {
      Messages.warning(
        "this machine comes back into the registry with the next project that is registered on it")
    }
    for machine in machines where !machine.isHere { try warnOfUnsaved(on: machine, store) }
    if !dryRun { try store.remove(machines) }
    if quiet { return }
    for machine in machines {
      let count = machine.projects.count
      try output.line(
        "\(dryRun ? "would remove" : "removed") \(Quoting.visible(machine.name)) (\(machine.id)), which had "
          + "\(count) project\(count == 1 ? "" : "s")")
    }
  }

  /// Warns of what is lost with a machine that is no more.
  private func warnOfUnsaved(on machine: KnownMachine, _ store: borrowing RegistryStore) throws {
    guard let found = store.leftUndone(on: machine), !found.projects.isEmpty else { return }
    let main = try store.main()
    let names = found.projects.map { id in
      ((try? store.project(id, in: main)) ?? nil).map { Quoting.visible($0.name) }
        ?? String(id.hex.prefix(12))
    }.sorted()
    Messages.warning(
      "\(Quoting.visible(machine.name)) last had work that is nowhere else in \(names.count) "
        + "project\(names.count == 1 ? "" : "s") (\(found.taken)): \(Listed.some(of: names))")
  }

  private func merge(
    _ known: [KnownMachine], _ store: borrowing RegistryStore, _ output: inout Output
  ) throws {
    // Under its own name a predecessor is meant, not this machine.
    let others = known.filter { !$0.isHere }
    let isSelf = known.contains { $0.isHere && $0.id.hex == m[0] }
    if isSelf { throw Failure.no("a machine is not its own successor; nothing has been changed") }
    let former = try store.machine(named: m[0], among: others)
    let result = try store.succeed(former, dryRun: dryRun)
    for warning in result.warnings { Messages.warning(warning.sentence) }
    if !quiet {
      for (name, path) in result.here {
        try output.line("\(dryRun ? "would take" : "took") \(Quoting.visible(name)) (\(path.visible))")
      }
      let name = Quoting.visible(former.name)
      try output.line("\(dryRun ? "would merge" : "merged") \(name) (\(former.id)) into this machine")
      try output.flush()
    }
    guard let missing = result.missingClause(of: Quoting.visible(former.name)) else { return }
    Messages.warning(missing)
    Messages.hint(
      "'dev-infra clone' brings them, to where that machine had them if it is run before the merge")
  }
}
