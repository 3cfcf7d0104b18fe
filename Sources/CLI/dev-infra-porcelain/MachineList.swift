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
  func list(_ output: inout Output) throws {
    if json { return try output.write(JSON.array(known.map(\.json)).canonical) }
    let lines =
      Terminal.isTerminal(1)
      ? Table(heads: KnownMachine.heads, known.map(\.cells), width: Terminal.width).lines
      : known.map(\.record)
    for line in lines { try output.line(line) }
  }

  /// Those that are named, or this one.
  func show(_ names: [String], _ store: borrowing RegistryStore, _ output: inout Output) throws {
    let machines = try names.isEmpty ? known.filter(\.isHere) : store.machines(named: names, among: known)
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
}
