import Terminal
import ByteStrings
public import Registry
public import RegistryIndex

/// What `dev-infra forget` and `dev-infra rm` share.
public enum Removal {
  /// Finds the projects, all of them before any is touched, and takes them out.
  ///
  /// - Parameters:
  ///   - word: what is said of each one.
  ///   - takingUnreadable: whether a full id also names an entry that breaks a rule, which no list has.
  ///   - remove: takes them out, by one commit; given the rows, and the ids of those without one.
  public static func run(
    _ names: [String], quiet: Bool, word: String, takingUnreadable: Bool = false,
    _ remove: (borrowing RegistryStore, [ViewRow], [ProjectID]) throws -> Void
  ) throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let view = try store.view()
    let main = try store.main()
    var rows: [ViewRow] = []
    var unreadable: [ProjectID] = []
    for query in try ProjectQuery.all(names) {
      if takingUnreadable, let id = ProjectID(query.text), view.row(id: query.text) == nil,
        try store.blob(at: .project(id), in: main) != nil
      {
        unreadable.append(id)
      } else {
        rows.append(try query.find(in: view))
      }
    }
    try remove(store, rows, unreadable)
    var output = Output()
    let titles = rows.map(\.name.visible) + unreadable.map(\.hex)
    if !quiet { for title in titles { try output.line("\(word) \(title)") } }
    try output.flush()
    return ExitStatus.success
  }
}

extension RegistryStore {
  /// Drops projects from this machine and keeps their entries.
  ///
  /// - Throws: a `Failure` with status 1 for one that is not on this machine.
  public func forget(_ rows: [ViewRow]) throws {
    if let row = rows.first(where: { $0.paths.isEmpty }) {
      throw Failure.no(
        "\(row.name.visible) is not on this machine; nothing has been changed",
        hints: "'dev-infra rm' removes a project everywhere")
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
