import ByteStrings
public import Registry
public import RegistryIndex

/// Projects that are to be taken out of the registry or off this machine.
public struct FoundProjects: Sendable {
  /// Those that the view has.
  public var rows: [ViewRow] = []
  /// Those whose entries break a rule, which no list has.
  public var unreadable: [ProjectID] = []

  /// None.
  public init() {}
}

extension RegistryStore {
  /// The project whose full id a text is, where its entry breaks a rule so that no view has it.
  public func unreadable(_ text: String, in view: View) throws -> ProjectID? {
    guard let id = ProjectID(text), view.row(id: text) == nil, try blob(at: .project(id), in: main()) != nil
    else { return nil }
    return id
  }

  /// Checks that projects are on this machine.
  ///
  /// - Throws: ``RegistryStoreError/notOnThisMachine(name:)``.
  public func requireHere(_ rows: [ViewRow]) throws {
    if let row = rows.first(where: { $0.paths.isEmpty }) {
      throw RegistryStoreError.notOnThisMachine(name: row.name)
    }
  }

  /// Drops projects from this machine and keeps their entries.
  ///
  /// - Throws: as ``requireHere(_:)``.
  public func forget(_ rows: [ViewRow]) throws {
    try requireHere(rows)
    if rows.isEmpty { return }
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
    if rows.isEmpty, unreadable.isEmpty { return }
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
