public import Registry
public import RegistryIndex
public import RegistryStore
public import WorkTreeState

/// What a machine last reported of a project that may be nowhere else.
public struct UnsavedWorkThere: Sendable {
  /// The project's name.
  public let name: String
  /// The machine.
  public let machine: MachineID
  /// The checkouts that had something.
  public let checkouts: [CheckoutState]
  /// When the machine looked.
  public let taken: Timestamp
}

extension RegistryStore {
  /// What machines last had of some projects that may be nowhere else, project by project.
  ///
  /// - Parameter projects: the ids and names that are meant.
  public func unsavedWork(
    of projects: [(id: String, name: String)], on machines: [MachineID]
  ) -> [UnsavedWorkThere] {
    if machines.isEmpty || projects.isEmpty { return [] }
    let wanted = projects.compactMap { id, name in ProjectID(id).map { (id: $0, name: name) } }
    let names = Dictionary(wanted.map { ($0.id, $0.name) }) { first, _ in first }
    var found: [ProjectID: [UnsavedWorkThere]] = [:]
    for state in states(of: machines, only: Set(names.keys)) {
      for id in state.projects.keys {
        guard let name = names[id] else { continue }
        let checkouts = state.unsavedPlaces(of: id)
        if checkouts.isEmpty { continue }
        found[id, default: []].append(
          UnsavedWorkThere(
            name: name, machine: state.machine, checkouts: checkouts, taken: state.time(of: id)))
      }
    }
    return wanted.flatMap { found[$0.id] ?? [] }
  }

  /// The projects of a machine in which something was left undone, or is on no remote, when it last looked; nil where it has
  /// never reported.
  public func leftUndone(on machine: KnownMachine) -> (projects: [ProjectID], taken: Timestamp)? {
    guard let record = states(of: [machine.id], only: []).first else { return nil }
    if let unsaved = record.unsaved {
      return (machine.projects.filter { unsaved.contains($0) }, record.taken)
    }
    // It does not say so itself.
    guard let state = states(of: [machine.id]).first else { return nil }
    return (machine.projects.filter { !state.unsavedPlaces(of: $0).isEmpty }, state.taken)
  }
}

extension RegistryStore {
  /// The names of the projects that ``leftUndone(on:)`` finds, sorted; of one that has been removed since the beginning of its id.
  public func namesLeftUndone(on machine: KnownMachine) throws -> (names: [String], taken: Timestamp)? {
    guard let found = leftUndone(on: machine), !found.projects.isEmpty else { return nil }
    let main = try main()
    let names = found.projects.map { id in
      ((try? project(id, in: main)) ?? nil)?.name ?? String(id.hex.prefix(12))
    }
    return (names.sorted(), found.taken)
  }
}

/// What a machine last said of its checkouts of one project.
public struct ToldState: Sendable {
  /// The machine.
  public let machine: MachineID
  /// When it looked.
  public let taken: Timestamp
  private let places: [JSON]

  /// The checkouts.
  public var checkouts: [CheckoutState] { places.compactMap { CheckoutState(json: $0) } }

  /// All of it, as `dev-infra show --json` prints it.
  public var json: JSON { .object(["taken": .string(taken.description), "places": .array(places)]) }

  fileprivate init(_ state: MachineState, _ id: ProjectID, _ entry: MachineState.Entry) {
    (machine, taken, places) = (state.machine, state.time(of: id), entry.places)
  }
}

extension RegistryStore {
  /// What the other machines that have a project last said of their checkouts of it.
  public func toldStates(of row: ViewRow) -> [ToldState] {
    guard let id = ProjectID(row.id) else { return [] }
    let machines = row.list(.machines).compactMap { MachineID($0) }.filter { $0 != machine.id }
    return states(of: machines, only: [id]).compactMap { state in
      state.projects[id].map { ToldState(state, id, $0) }
    }
  }
}
