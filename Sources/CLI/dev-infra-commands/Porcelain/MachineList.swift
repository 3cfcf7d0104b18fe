import MachineStates
import Registry
import RegistryReporting
import RegistryStore
import SystemSupport
import Terminal
import Listing

/// The machines of a registry, as they are shown.
struct MachineList {
  let known: [KnownMachine]
  let json: Bool

  /// All of them, a line each.
  func list(_ store: borrowing RegistryStore, _ output: inout Output) throws {
    if json {
      var machines: [JSON] = []
      for machine in known { machines.append(described(machine, store)) }
      return try output.write(JSON.array(machines).canonical)
    }
    let isTable = Terminal.isTerminal(1)
    var rows: [[String]] = []
    for machine in known {
      let unsaved = store.leftUndone(on: machine)?.projects.count
      if isTable {
        rows.append(machine.cells(unsaved: unsaved))
      } else {
        try output.line(machine.record(unsaved: unsaved))
      }
    }
    guard isTable else { return }
    for line in Table(heads: KnownMachine.heads, rows, width: Terminal.width).lines { try output.line(line) }
  }

  /// All that is known of a machine, with what it last said of its checkouts.
  private func described(_ machine: KnownMachine, _ store: borrowing RegistryStore) -> JSON {
    guard var members = machine.json.object, let found = store.leftUndone(on: machine) else {
      return machine.json
    }
    members["unsaved"] = .array(found.projects.map { .string($0.hex) })
    members["state_taken"] = .string(found.taken.description)
    return .object(members)
  }

  /// Those that are named, or this one.
  func show(_ names: [String], _ store: borrowing RegistryStore, _ output: inout Output) throws {
    let machines = try names.isEmpty ? known.filter(\.isHere) : store.machines(named: names, among: known)
    let counts = json ? [:] : known.countsOfMachines
    for (index, machine) in machines.enumerated() {
      if json {
        try output.write(described(machine, store).canonical)
        continue
      }
      if index > 0 { try output.line("") }
      let leftUndone = store.leftUndone(on: machine).map { found in
        let count = found.projects.count
        return (count == 0 ? "nothing" : "something in \(count) project\(count == 1 ? "" : "s")")
          + " (\(found.taken))"
      }
      let alone = known.count > 1 ? machine.projects.count { counts[$0] == 1 } : nil
      for line in machine.lines(alone: alone, leftUndone: leftUndone) { try output.line(line) }
    }
  }
}
