import Console
import Records
import Registry
public import RegistryView

/// What `dev-infra forget` and `dev-infra rm` share.
public enum Removal {
  /// Finds the projects, all of them before any is touched, and takes them out.
  ///
  /// - Parameters:
  ///   - word: what is said of each one.
  ///   - remove: takes them out, by one commit.
  public static func run(
    _ names: [String], quiet: Bool, word: String,
    _ remove: (borrowing RegistryStore, [ViewRow]) throws -> Void
  ) throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let view = try store.view()
    let rows = try ProjectQuery.all(names).map { try $0.find(in: view) }
    try remove(store, rows)
    var output = Output()
    if !quiet { for row in rows { try output.line("\(word) \(row.name.visible)") } }
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
      return Proposal(entries, message: CommitMessage.text("Forget", rows.map(\.name.visible)))
    }
  }

  /// Removes projects, and where they are on this machine. Other machines drop theirs when they pull.
  public func remove(_ rows: [ViewRow]) throws {
    try update { _ in
      let paths = rows.compactMap { ProjectID($0.id) }.flatMap {
        [EntryPath.project($0), .checkout(machine.id, $0)]
      }
      let entries = Dictionary(paths.map { ($0, JSON?.none) }) { first, _ in first }
      return Proposal(entries, message: CommitMessage.text("Remove", rows.map(\.name.visible)))
    }
  }
}
