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
  /// What a commit has of these projects, or of all, by id.
  func viewParts(of ids: Set<ProjectID>?, in commit: ObjectID) throws -> [ViewParts] {
    var parts: [ProjectID: ViewParts] = [:]
    func add(_ path: EntryPath, _ blob: ObjectID) {
      switch path {
      case .project(let id): parts[id, default: ViewParts(id: id)].project = blob
      case .checkout(let owner, let id):
        parts[id, default: ViewParts(id: id)].machines.append(owner)
        if owner == machine.id { parts[id, default: ViewParts(id: id)].here = blob }
      case .machine, .format, .unknown: break
      }
    }
    if let ids {
      let owners = try machineIDs(in: commit)
      for path in ids.flatMap({ id in [.project(id)] + owners.map { .checkout($0, id) } }) as [EntryPath] {
        if let blob = try blob(at: path, in: commit) { add(path, blob) }
      }
    } else {
      for change in try changes(from: nil, to: commit).changes {
        if let blob = change.new { add(change.path, blob) }
      }
    }
    return parts.values.sorted { $0.id < $1.id }
  }

  /// Reads the rows of projects and hands them over in their order. One that cannot be read is left out, and told of.
  ///
  /// - Returns: whether all could be read.
  func readRows(_ parts: [ViewParts], _ take: (ViewRow) -> Void) throws -> Bool {
    var isComplete = true
    try readEach(of: parts, Self.reading) { part, reading in
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
