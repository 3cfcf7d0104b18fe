import Git
import Registry
import RegistryStore
import WorkProd

extension RegistryContents {
  /// The largest entry that is read, in bytes.
  private static let entryLimit = 256 << 10

  /// Reads the tree of a commit.
  ///
  /// - Parameter refused: told of what is not an entry, with its place and what is wrong.
  init(
    of commit: ObjectID, in repository: borrowing Repository,
    refused: (String, WorkProdNotice.EntryFault) -> Void = { _, _ in }
  ) throws {
    self.init()
    var reader = TreeReader()
    try reader.compare(nil, repository.commit(commit).tree, in: repository)
    for problem in reader.problems { refused(problem.path, .misplaced(problem.fault)) }
    for change in reader.changes {
      // No record can hold what is not an entry, and what a service cannot hold is no reason to refuse a push.
      guard let blob = change.new, change.path != .format, change.path.kind != .unknown else { continue }
      do {
        add(try JSON.parse(repository.blob(blob, limit: Self.entryLimit)), at: change.path)
      } catch let error as JSONError {
        refused(change.path.path, .notJSON(error))
      } catch let error as GitError where error.kind == .tooLarge {
        refused(change.path.path, .tooLarge(limit: Self.entryLimit))
      }
    }
  }

  /// Writes the tree of a registry with these contents. Call it in a batch.
  ///
  /// - Parameters:
  ///   - first: the commit that every registry begins with, whose tree has what is not an entry.
  ///   - known: a commit whose files of names that this version does not know come along: no record holds them, so that
  ///     they are not in the records does not mean that somebody has deleted them.
  func write(
    onto first: ObjectID, carrying known: ObjectID?, in repository: borrowing Repository
  ) throws -> ObjectID {
    var blobs = try files.mapValues { Optional(try repository.writeBlob($0.canonical)) }
    if let known {
      var reader = TreeReader()
      try reader.compare(nil, repository.commit(known).tree, in: repository)
      for change in reader.changes where change.path.kind == .unknown {
        if let owner = change.path.owner, machines[owner] == nil { continue }
        blobs[change.path] = change.new
      }
    }
    return try TreeEditor.apply(blobs, to: repository.commit(first).tree, in: repository)
  }

  /// Takes out where other machines have what is not a project any more: a service has no record to keep that in, and
  /// their machines find out by themselves.
  mutating func dropOrphans(exceptOf machine: MachineID?) {
    for id in checkouts.keys where projects[id] == nil {
      checkouts[id] = checkouts[id]?.filter { $0.key == machine }
      if checkouts[id]?.isEmpty == true { checkouts[id] = nil }
    }
  }
}
