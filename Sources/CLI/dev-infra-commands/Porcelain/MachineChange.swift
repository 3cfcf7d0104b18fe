import ByteStrings
import MachineStates
import Registry
import RegistryReporting
import RegistryStore
import SystemSupport
import Terminal

/// Changes to the machines of a registry.
struct MachineChange {
  let known: [KnownMachine]
  let quiet: Bool
  let dryRun: Bool

  /// Renames this machine to the last of `names`; a name before it says which machine is meant.
  func rename(_ names: [String], _ store: borrowing RegistryStore, _ output: inout Output) throws {
    if names.count == 2 {
      let machine = try store.machine(named: names[0], among: known)
      guard machine.isHere else {
        throw Failure.no(
          "\(Quoting.visible(machine.name)) is another machine, and only a machine itself changes its name; nothing has been changed",
          hints: "run 'dev-infra machine rename' there")
      }
    }
    let (former, name) = (store.machine.name, names[names.count - 1])
    if known.contains(where: { !$0.isHere && $0.name.hasSameBytes(as: name) }) {
      Messages.warning(
        "another machine is called \(Quoting.visible(name)), too: lists tell them apart by their ids")
    }
    let isChanged = try store.rename(to: name)
    if isChanged, !quiet {
      try output.line("renamed \(Quoting.visible(former)) to \(Quoting.visible(name))")
    }
  }

  /// Takes machines out.
  func remove(_ names: [String], _ store: borrowing RegistryStore, _ output: inout Output) throws {
    let machines = try store.machines(named: names, among: known)
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
    guard let found = try store.namesLeftUndone(on: machine) else { return }
    let names = found.names.map { Quoting.visible($0) }
    Messages.warning(
      "\(Quoting.visible(machine.name)) last had work that is nowhere else in \(names.count) "
        + "project\(names.count == 1 ? "" : "s") (\(found.taken)): \(Listed.some(of: names))")
  }

  /// Takes over what the machine of a name was.
  func merge(_ name: String, _ store: borrowing RegistryStore, _ output: inout Output) throws {
    // Under its own name a predecessor is meant, not this machine.
    let others = known.filter { !$0.isHere }
    func isNamed(_ machine: KnownMachine) -> Bool { machine.name.hasSameBytes(as: name) }
    let isSelf = known.contains { $0.isHere && ($0.id.hex == name || isNamed($0)) }
    if isSelf, !others.contains(where: isNamed) {
      throw Failure.no("a machine is not its own successor; nothing has been changed")
    }
    let former = try store.machine(named: name, among: others)
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
