import Git
import Registry

/// The entries that a plan has read of a commit, and what they become: projects, and where they are on one machine.
struct PlannedEntries {
  private let base: ObjectID
  private let machine: MachineID
  private var projects: [ProjectID: Project?] = [:]
  private var checkouts: [ProjectID: Checkout?] = [:]
  /// The values as they were read.
  private var original: [EntryPath: JSON] = [:]

  /// Nothing is read and nothing planned yet.
  init(of base: ObjectID, on machine: MachineID) {
    self.base = base
    self.machine = machine
  }

  /// What changes: values by path, nil for what goes.
  var changes: [EntryPath: JSON?] {
    var changes: [EntryPath: JSON?] = [:]
    for (id, project) in projects { changes[.project(id)] = .some(project?.json) }
    for (id, checkout) in checkouts { changes[.checkout(machine, id)] = .some(checkout?.json) }
    return changes.filter { original[$0.key] != $0.value }
  }

  /// A project, by the plan; nil where there is none.
  mutating func project(_ id: ProjectID, in store: borrowing RegistryStore) throws -> Project? {
    if let planned = projects[id] { return planned }
    guard let json = try read(.project(id), in: store) else { return nil }
    let project = try Project(json: json)
    projects[id] = .some(project)
    return project
  }

  /// Where a project is, by the plan; nil where it is not on this machine.
  mutating func checkout(_ id: ProjectID, in store: borrowing RegistryStore) throws -> Checkout? {
    if let planned = checkouts[id] { return planned }
    guard let json = try read(.checkout(machine, id), in: store) else { return nil }
    let checkout = try Checkout(json: json)
    checkouts[id] = .some(checkout)
    return checkout
  }

  private mutating func read(_ path: EntryPath, in store: borrowing RegistryStore) throws -> JSON? {
    guard let blob = try store.blob(at: path, in: base) else { return nil }
    let json = try store.json(blob)
    original[path] = json
    return json
  }

  /// Plans what a project's entry says.
  mutating func put(_ project: Project) { projects[project.id] = .some(project) }

  /// Plans where a project is; nil: nowhere on this machine.
  mutating func put(_ checkout: Checkout?, of id: ProjectID) { checkouts[id] = .some(checkout) }

  /// A project that has been read or planned.
  func knownProject(_ id: ProjectID) -> Project? { projects[id] ?? nil }

  /// The checkout of a project that has been read or planned: nil where neither has happened, `.some(nil)` where it has no checkout.
  func knownCheckout(_ id: ProjectID) -> Checkout?? { checkouts[id] }

  /// When the entry was last changed before the plan.
  func lastUpdate(of id: ProjectID) -> Timestamp? {
    original[.project(id)].flatMap { try? Project(json: $0) }?.updated
  }

  /// Drops a project that stays as it is.
  mutating func forgetUnchanged(_ id: ProjectID) {
    let (entry, place) = (EntryPath.project(id), EntryPath.checkout(machine, id))
    guard case .some(.some(let project)) = projects[id], case .some(.some(let checkout)) = checkouts[id],
      original[entry] == project.json, original[place] == checkout.json
    else { return }
    (projects[id], checkouts[id], original[entry], original[place]) = (nil, nil, nil, nil)
  }
}
