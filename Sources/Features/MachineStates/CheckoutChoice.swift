import Registry
public import RegistryIndex
public import RegistryStore
public import SystemPackage
public import WorkTreeState

/// Which checkouts are asked about.
public struct CheckoutChoice: Sendable {
  /// Whose checkouts.
  public enum Machines: Equatable, Sendable {
    /// This machine's.
    case here
    /// Those of these machines, by name or id.
    case named([String])
    /// Those of every machine.
    case all
  }

  /// Whose checkouts.
  public let machines: Machines
  /// The projects, but for their machines.
  private let selection: Selection
  /// What names projects; nil for all that are selected.
  private let words: [String]?

  /// - Parameters:
  ///   - selection: the projects; the machines of it do not count.
  ///   - words: what names projects, among which the selection then chooses; nil for none.
  ///   - directory: what relative paths start from.
  public init(_ machines: Machines, _ selection: Selection, words: [String]?, from directory: FilePath) {
    self.machines = machines
    self.words = words
    var selection = selection
    selection.machines = []
    selection.directory = directory
    self.selection = selection
  }

  /// The projects of this machine that are meant.
  ///
  /// - Throws: ``MachineStatesError/notHere(project:)`` for one that is named and is elsewhere, `EmptySelection` where nothing is
  ///   selected.
  public func rows(of view: View, states: any CheckoutStateSource) throws -> [ViewRow] {
    try rows(of: view, on: nil, saying: nil, states: states)
  }

  /// The checkouts that are meant, machine by machine, this one first.
  ///
  /// - Parameters:
  ///   - states: reads the work trees that a condition asks about.
  ///   - examine: examines the checkouts of some projects on this machine.
  /// - Throws: ``MachineStatesError``, `EmptySelection`, and what the store does.
  public func groups(
    of view: View, in store: borrowing RegistryStore, states: any CheckoutStateSource,
    examine: ([ViewRow]) -> [ExaminedCheckout]
  ) throws -> [MachineCheckouts] {
    let known = try store.knownMachines()
    var chosen = known.filter(\.isHere) + known.filter { !$0.isHere }
    if case .named(let names) = machines {
      let ids = try store.machines(named: names, among: known).map(\.id)
      chosen = chosen.filter { ids.contains($0.id) }
    }
    var groups: [MachineCheckouts] = []
    for machine in chosen {
      let state = machine.isHere ? nil : store.states(of: [machine.id]).first
      let rows = try rows(of: view, on: machine, saying: state, states: states)
      groups.append(
        machine.isHere
          ? MachineCheckouts(here: examine(rows), machine: machine)
          : MachineCheckouts(of: rows, on: machine, saying: state))
    }
    if machines != .all, let first = groups.first, groups.allSatisfy(\.isSilent) {
      throw MachineStatesError.silent(machine: first.machine?.name ?? "")
    }
    return groups
  }

  /// The projects of a machine that are meant.
  ///
  /// - Parameters:
  ///   - machine: nil where only this one is asked about.
  ///   - state: what another machine says of its checkouts, by which conditions are decided.
  private func rows(
    of view: View, on machine: KnownMachine?, saying state: MachineState?, states: any CheckoutStateSource
  ) throws -> [ViewRow] {
    var selection = selection
    if let words {
      let ids = try selection.ids(named: words, in: view, everywhere: machines != .here)
      selection.ids = ids
      // What is named and is not there has no state; that is said.
      if machines != .all {
        for row in ids.sorted().compactMap({ view.row(id: $0) }) { try requireThere(row, machine) }
      }
    }
    if let machine, !machine.isHere {
      return try selection.rows(of: view, onAnother: machine.id, saying: state)
    }
    let rows = try selection.rows(of: view, states: states).filter { !$0.paths.isEmpty }
    if rows.isEmpty, selection.isNarrowed, machines != .all { throw EmptySelection(selection, of: view) }
    return rows
  }

  private func requireThere(_ row: ViewRow, _ machine: KnownMachine?) throws(MachineStatesError) {
    let isThere = machine.map { row.list(.machines).contains($0.id.hex) } ?? !row.paths.isEmpty
    if isThere { return }
    guard let machine, !machine.isHere else { throw .notHere(project: row.name) }
    throw .notThere(project: row.name, machine: machine.name)
  }
}
