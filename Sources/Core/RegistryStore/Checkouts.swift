public import Git
public import Registry
import SystemSupport

extension RegistryStore {
  /// Where the machines of a commit have these projects, by project and machine.
  public func checkouts(
    of ids: Set<ProjectID>, in commit: ObjectID
  ) throws -> [ProjectID: [MachineID: ObjectID]] {
    var found: [ProjectID: [MachineID: ObjectID]] = [:]
    try forEachCheckout(of: ids, in: commit) { found[$1, default: [:]][$0] = $2 }
    return found
  }

  /// Calls `body` with each checkout of these projects that a commit has. The time grows with what the machines have, not with
  /// the number of projects times machines.
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

  /// The remotes of this machine's checkouts that have more than one, by project.
  ///
  /// - Parameter ids: the projects that are asked about.
  public func severalRemotes(of ids: [ProjectID]) throws -> [ProjectID: ByteKeyed<String>] {
    var several: [ProjectID: ByteKeyed<String>] = [:]
    try readOwnCheckouts(of: ids, in: main()) { _, checkout in
      checkout.remotes.count > 1 ? checkout.remotes : [:]
    } _: { number, remotes in
      if !remotes.isEmpty { several[ids[number]] = remotes }
    }
    return several
  }

  /// Reads this machine's checkouts of many projects. Of each, only what the caller wants is kept.
  ///
  /// - Parameters:
  ///   - wanted: what is wanted of a checkout; gets the number of its project among `ids`.
  ///   - take: is handed that, on this thread, for each project that is here.
  func readOwnCheckouts<Value: Sendable>(
    of ids: [ProjectID], in commit: ObjectID, _ wanted: @escaping @Sendable (Int, Checkout) -> Value,
    _ take: (Int, Value) -> Void
  ) throws {
    let known = ids.count > Self.worthTheTree ? try ownCheckouts(in: commit) : nil
    var places: [(number: Int, blob: ObjectID)] = []
    for (number, id) in ids.enumerated() {
      let blob =
        try known.map { known in known.sortedIndex(of: id, by: \.id).map { known[$0].blob } }
        ?? blob(at: .checkout(machine.id, id), in: commit)
      if let blob { places.append((number, blob)) }
    }
    try readEach(of: places, from: \.blob) { place, repository in
      Result { wanted(place.number, try Checkout(json: Self.json(place.blob, in: repository))) }
    } _: { place, value in
      take(place.number, try value.get())
    }
  }

  /// All checkouts of this machine, by project.
  private func ownCheckouts(in commit: ObjectID) throws -> [(id: ProjectID, blob: ObjectID)] {
    var found: [(id: ProjectID, blob: ObjectID)] = []
    guard let folder = try machineFolders(in: commit).first(where: { $0.id == machine.id })?.entry,
      let checkouts = try repository.entry("checkouts", in: folder.id),
      checkouts.mode == TreeEntry.directory
    else { return found }
    try forWholeTree(of: [commit]) { repository in
      try TreeReader.forEachCheckout(of: machine.id, in: checkouts.id, of: repository) {
        found.append(($0, $1))
      }
    }
    return found.sorted { $0.id < $1.id }
  }

  /// Projects for which all of a machine's are looked at.
  private static let worthTheTree = 500

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
