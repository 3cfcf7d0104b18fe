public import Git
public import Registry

/// Finds blobs by their paths in one commit's tree: each directory on the way is read once, however many are looked up.
public struct EntryLookup {
  private let root: ObjectID
  private var directories: [ObjectID: [[UInt8]: TreeEntry]] = [:]

  fileprivate init(root: ObjectID) { self.root = root }

  fileprivate mutating func blob(
    at path: EntryPath, in repository: borrowing Repository
  ) throws -> ObjectID? {
    try RegistryStore.blob(at: path, below: root) { try directory($0, in: repository)[Array($1.utf8)] }
  }

  private mutating func directory(
    _ id: ObjectID, in repository: borrowing Repository
  ) throws -> [[UInt8]: TreeEntry] {
    if let known = directories[id] { return known }
    var entries: [[UInt8]: TreeEntry] = [:]
    for entry in try repository.tree(id) { entries[entry.name] = entry }
    directories[id] = entries
    return entries
  }
}

extension RegistryStore {
  /// Looks up in a commit what is asked for with ``blob(at:by:)``.
  public func lookup(in commit: ObjectID) throws -> EntryLookup {
    EntryLookup(root: try repository.commit(commit).tree)
  }

  /// As ``blob(at:in:)``, for many paths of one commit.
  public func blob(at path: EntryPath, by lookup: inout EntryLookup) throws -> ObjectID? {
    try lookup.blob(at: path, in: repository)
  }
}
