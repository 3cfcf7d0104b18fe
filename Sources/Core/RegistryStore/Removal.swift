import ByteStrings
public import Registry
public import RegistryIndex

/// Projects that are to be taken out of the registry or off this machine.
public struct FoundProjects: Sendable {
  /// Those that the view has.
  public var rows: [ViewRow] = []
  /// Those whose entries break a rule, which no list has.
  public var unreadable: [ProjectID] = []
}

extension RegistryStore {
  /// Finds the projects that people name, all of them or none.
  ///
  /// - Parameter takingUnreadable: whether a full id also names an entry that breaks a rule.
  public func find(_ queries: [ProjectQuery], takingUnreadable: Bool) throws -> FoundProjects {
    let view = try view()
    let main = try main()
    var found = FoundProjects()
    for query in queries {
      if takingUnreadable, let id = ProjectID(query.text), view.row(id: query.text) == nil,
        try blob(at: .project(id), in: main) != nil
      {
        found.unreadable.append(id)
      } else {
        found.rows.append(try query.find(in: view))
      }
    }
    return found
  }
}

extension RegistryStore {
  /// Drops projects from this machine and keeps their entries.
  ///
  /// - Throws: ``RegistryStoreError/notOnThisMachine(name:)``.
  public func forget(_ rows: [ViewRow]) throws {
    if let row = rows.first(where: { $0.paths.isEmpty }) {
      throw RegistryStoreError.notOnThisMachine(name: row.name)
    }
    try update { _ in
      let paths = rows.compactMap { row in ProjectID(row.id).map { EntryPath.checkout(machine.id, $0) } }
      let entries = Dictionary(paths.map { ($0, JSON?.none) }) { first, _ in first }
      return RegistryChange(entries, message: CommitMessage.text("Forget", rows.map(\.name.visible)))
    }
  }

  /// Removes projects, and where they are on this machine. Other machines drop theirs when they pull.
  ///
  /// - Parameter unreadable: projects whose entries break a rule, so that they have no row.
  public func remove(_ rows: [ViewRow], unreadable: [ProjectID] = []) throws {
    try update { _ in
      let paths = (rows.compactMap { ProjectID($0.id) } + unreadable).flatMap {
        [EntryPath.project($0), .checkout(machine.id, $0)]
      }
      let entries = Dictionary(paths.map { ($0, JSON?.none) }) { first, _ in first }
      return RegistryChange(
        entries, message: CommitMessage.text("Remove", rows.map(\.name.visible) + unreadable.map(\.hex)))
    }
  }
}
