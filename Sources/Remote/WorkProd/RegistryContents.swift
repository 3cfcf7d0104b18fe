public import Registry

/// What a registry's tree holds: entries by their names.
public struct RegistryContents: Equatable, Sendable {
  /// Entries of projects.
  public var projects: [ProjectID: JSON] = [:]
  /// Where projects are, by machine. A project without an entry in ``projects`` has been removed, and its machine
  /// does not know yet; the service has no record of it.
  public var checkouts: [ProjectID: [MachineID: JSON]] = [:]
  /// Machines.
  public var machines: [MachineID: JSON] = [:]

  /// Nothing.
  public init() {}

  /// The contents by project, as the records of the service carry them.
  ///
  /// Each has the machines that have a checkout of it; the one with the smallest id also those that have none at all.
  public var snapshots: [ProjectID: ProjectSnapshot] {
    var strays = machines
    var result: [ProjectID: ProjectSnapshot] = [:]
    for (id, project) in projects {
      var snapshot = ProjectSnapshot(id: id, project: project, checkouts: checkouts[id] ?? [:])
      for machine in snapshot.checkouts.keys {
        snapshot.machines[machine] = machines[machine]
        strays[machine] = nil
      }
      result[id] = snapshot
    }
    if let smallest = projects.keys.min() { result[smallest]?.machines.merge(strays) { known, _ in known } }
    return result
  }

  /// Every file, by its path in the tree, but for `format`.
  public var files: [EntryPath: JSON] {
    var files: [EntryPath: JSON] = [:]
    for (id, value) in projects { files[.project(id)] = value }
    for (id, machine) in machines { files[.machine(id)] = machine }
    for (id, places) in checkouts {
      for (machine, value) in places { files[.checkout(machine, id)] = value }
    }
    return files
  }

  /// Puts a file where it belongs.
  public mutating func add(_ value: JSON, at path: EntryPath) {
    switch path {
    case .project(let id): projects[id] = value
    case .machine(let id): machines[id] = value
    case .checkout(let machine, let id): checkouts[id, default: [:]][machine] = value
    case .format, .unknown: break
    }
  }
}
