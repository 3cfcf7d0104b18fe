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
    let selection = try selection(in: view)
    try requireThere(selection.named, nil)
    return try rows(here: selection.projects, of: view, states)
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
      let ids = Set(try store.machines(named: names, among: known).map(\.id))
      chosen = chosen.filter { ids.contains($0.id) }
    }
    let selection = try selection(in: view)
    for machine in chosen { try requireThere(selection.named, machine) }
    let others = Set(chosen.lazy.filter { !$0.isHere }.map(\.id))
    let elsewhere = try RowsElsewhere(selection.projects, of: view, on: others)
    var groups: [MachineCheckouts] = []
    for machine in chosen {
      if machine.isHere {
        let rows = try rows(here: selection.projects, of: view, states)
        groups.append(MachineCheckouts(here: examine(rows), machine: machine))
        continue
      }
      let state = store.states(of: [machine.id]).first
      let rows = elsewhere.rows(on: machine.id, saying: state)
      groups.append(MachineCheckouts(of: rows, on: machine, saying: state))
    }
    if machines != .all, let first = groups.first, groups.allSatisfy(\.isSilent) {
      throw MachineStatesError.silent(machine: first.machine?.name ?? "")
    }
    return groups
  }

  /// The projects that are meant, with those that are named and must be there.
  private func selection(in view: View) throws -> (projects: Selection, named: [NamedRow]) {
    guard let words else { return (selection, []) }
    var selection = selection
    let ids = try selection.ids(named: words, in: view, everywhere: machines != .here)
    selection.ids = ids
    // What is named and is not there has no state; that is said.
    let named = machines == .all ? [] : ids.sorted().compactMap { view.row(id: $0) }.map(NamedRow.init)
    return (selection, named)
  }

  private func rows(here selection: Selection, of view: View, _ states: any CheckoutStateSource) throws
    -> [ViewRow]
  {
    let rows = try selection.rows(of: view, states: states).filter { !$0.paths.isEmpty }
    if rows.isEmpty, selection.isNarrowed, machines != .all { throw EmptySelection(selection, of: view) }
    return rows
  }

  /// A project that is named.
  private struct NamedRow {
    let row: ViewRow
    /// The machines that have it, by their ids.
    let machines: Set<String>

    init(_ row: ViewRow) { (self.row, machines) = (row, Set(row.list(.machines))) }
  }

  private func requireThere(_ named: [NamedRow], _ machine: KnownMachine?) throws(MachineStatesError) {
    for project in named
    where !(machine.map { project.machines.contains($0.id.hex) } ?? !project.row.paths.isEmpty) {
      guard let machine, !machine.isHere else { throw .notHere(project: project.row.name) }
      throw .notThere(project: project.row.name, machine: machine.name)
    }
  }
}
