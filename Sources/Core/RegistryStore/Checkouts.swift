public import Git
public import Registry

extension RegistryStore {
  /// Where the machines of a commit have these projects, by project and machine.
  public func checkouts(
    of ids: Set<ProjectID>, in commit: ObjectID
  ) throws -> [ProjectID: [MachineID: ObjectID]] {
    var found: [ProjectID: [MachineID: ObjectID]] = [:]
    try forEachCheckout(of: ids, in: commit) { found[$1, default: [:]][$0] = $2 }
    return found
  }

  /// Calls `body` with each checkout of these projects that a commit has. It takes as long as the machines have much, and not as
  /// there are machines for each of the projects.
  func forEachCheckout(
    of ids: Set<ProjectID>, in commit: ObjectID, _ body: (MachineID, ProjectID, ObjectID) -> Void
  ) throws {
    if ids.isEmpty { return }
    var wanted: [String: [String: ProjectID]] = [:]
    for id in ids {
      let names = EntryPath.project(id).names
      wanted[names[1], default: [:]][names[2]] = id
    }
    for (owner, folder) in try machineFolders(in: commit) where folder.mode == TreeEntry.directory {
      guard let checkouts = try repository.entry("checkouts", in: folder.id),
        checkouts.mode == TreeEntry.directory
      else { continue }
      for (fan, entry) in try entries(of: wanted, in: checkouts.id) where entry.mode == TreeEntry.directory {
        for (id, file) in try entries(of: fan, in: entry.id) where file.mode == TreeEntry.file {
          body(owner, id, file.id)
        }
      }
    }
  }

  /// The entries of a tree under the names that are wanted, each with what it is wanted for. Few are looked up, for many all are read.
  private func entries<Value>(
    of wanted: [String: Value], in tree: ObjectID
  ) throws -> [(Value, TreeEntry)] {
    if wanted.count <= 8 {
      return try wanted.compactMap { name, value in try repository.entry(name, in: tree).map { (value, $0) } }
    }
    return try repository.tree(tree).compactMap { entry in
      wanted[String(decoding: entry.name, as: UTF8.self)].map { ($0, entry) }
    }
  }

  /// The machines of which two commits do not have the same.
  public func machines(otherIn commit: ObjectID, than earlier: ObjectID?) throws -> Set<MachineID> {
    if let earlier, try machinesFolder(in: commit)?.id == machinesFolder(in: earlier)?.id { return [] }
    let now = Dictionary(try machineFolders(in: commit).map { ($0.id, $0.entry.id) }) { $1 }
    let before = Dictionary(
      try earlier.map { try machineFolders(in: $0) }?.map { ($0.id, $0.entry.id) } ?? []
    ) { $1 }
    return Set(now.keys).union(before.keys).filter { now[$0] != before[$0] }
  }
}
