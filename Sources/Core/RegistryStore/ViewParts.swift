import Git
import SystemSupport
import Registry
import RegistryIndex

/// What a commit has of one project, of which its row in the view is made.
struct ViewParts: Sendable {
  let id: ProjectID
  /// The entry.
  var project: ObjectID?
  /// Where it is on this machine.
  var here: ObjectID?
  /// The machines that have it.
  var machines: [MachineID] = []

  fileprivate mutating func add(_ checkout: ObjectID, of owner: MachineID, own: MachineID) {
    machines.append(owner)
    if owner == own { here = checkout }
  }

  /// The row; nil where there is no such project.
  fileprivate func row(in repository: borrowing Repository) throws -> ViewRow? {
    guard let blob = project else { return nil }
    var project = try Project(json: RegistryStore.json(blob, in: repository))
    let checkout = here.flatMap { try? Checkout(json: RegistryStore.json($0, in: repository)) }
    if let checkout { project = project.seen(from: checkout) }
    return ViewRow(
      project, key: project.duplicateKey?.url ?? "", paths: checkout?.ranked.map(\.path.text) ?? [],
      machines: machines.sorted())
  }
}

extension RegistryStore {
  /// What a commit has of these projects, by id.
  func viewParts(of ids: Set<ProjectID>, in commit: ObjectID) throws -> [ViewParts] {
    let owners = try machineIDs(in: commit)
    return try ids.sorted().map { id in
      var part = ViewParts(id: id, project: try blob(at: .project(id), in: commit))
      for owner in owners {
        guard let blob = try blob(at: .checkout(owner, id), in: commit) else { continue }
        part.add(blob, of: owner, own: machine.id)
      }
      return part
    }
  }

  /// What a commit has of all projects, by id.
  func viewParts(in commit: ObjectID) throws -> [ViewParts] {
    let entries = try changes(from: nil, to: commit).changes
    var projects: [ProjectID: ObjectID] = [:]
    for case (.project(let id), let blob?) in entries.lazy.map({ ($0.path, $0.new) }) { projects[id] = blob }
    var parts = projects.map { ViewParts(id: $0.key, project: $0.value) }.sorted { $0.id < $1.id }
    var places: [ProjectID: Int] = [:]
    places.reserveCapacity(parts.count)
    for (place, part) in parts.enumerated() { places[part.id] = place }
    for case (.checkout(let owner, let id), let blob?) in entries.lazy.map({ ($0.path, $0.new) }) {
      if let place = places[id] { parts[place].add(blob, of: owner, own: machine.id) }
    }
    return parts
  }

  /// Reads the rows of projects and hands them over in their order. One that cannot be read is left out, and told of.
  ///
  /// - Returns: whether all could be read.
  func readRows(_ parts: [ViewParts], _ take: (ViewRow) -> Void) throws -> Bool {
    var isComplete = true
    try readEach(of: parts, from: \.project, Self.reading) { part, reading in
      switch reading {
      case .success(let row): if let row { take(row) }
      case .failure(let error):
        // One that cannot be read is no reason to show none.
        isComplete = false
        delegate.note(.leftOut(part.id, error))
      }
    }
    return isComplete
  }

  @Sendable private static func reading(
    _ part: ViewParts, _ repository: borrowing Repository
  ) -> Result<ViewRow?, any Error> {
    Result { try part.row(in: repository) }
  }
}
