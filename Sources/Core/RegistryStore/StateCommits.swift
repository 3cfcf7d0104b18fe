import ByteStrings
public import Git
public import Registry

/// A machine's state as a commit without a parent, and back.
extension MachineState {
  /// The state in a commit, checked in full: it may come from anywhere.
  ///
  /// - Parameter ids: the projects that are read; nil for all.
  /// - Throws: an error that says what is wrong with it.
  public init(
    in commit: ObjectID, of machine: MachineID, only ids: Set<ProjectID>? = nil,
    in repository: borrowing Repository
  ) throws {
    let names = ids.map { Set($0.map { MachineState.fileName(of: $0) }) }
    guard try repository.header(of: commit)?.kind == .commit else { throw StateFault.noCommit }
    let information = try repository.commit(commit)
    guard information.parents.isEmpty else { throw StateFault.hasHistory }
    let entries = try repository.tree(information.tree)
    // Besides those that are known there may be some of a newer version.
    guard entries.count <= 300 else { throw StateFault.tooManyFiles }
    guard let record = entries.first(where: { $0.name.elementsEqual(MachineState.recordName.utf8) }) else {
      throw StateFault.noRecord
    }
    var state = try MachineState(machine: machine, record: Self.json(record, in: repository))
    for entry in entries {
      let name = String(decoding: entry.name, as: UTF8.self)
      if MachineState.isShard(name), names?.contains(name) ?? true {
        try state.add(Self.json(entry, in: repository), named: name)
      }
    }
    self = state
  }

  private static func json(_ entry: TreeEntry, in repository: borrowing Repository) throws -> JSON {
    guard entry.mode == TreeEntry.file else { throw StateFault.notAFile }
    return try RegistryStore.json(entry.id, in: repository)
  }

  /// Writes it as a commit: the same state of a machine of one name is the same commit, wherever it is written.
  ///
  /// - Parameters:
  ///   - name: what the machine is called.
  ///   - former: the commit in whose place it comes, most of which it shares.
  public func write(
    to repository: borrowing Repository, by name: String, replacing former: ObjectID? = nil
  ) throws -> ObjectID {
    let entries = former.flatMap { try? repository.tree(repository.commit($0).tree) }
    let known = Set((entries ?? []).map(\.id))
    return try repository.withBatch { repository in
      let entries = try files.map { name, file in
        // Most of it is as it was, and exists.
        let id = try ObjectID.hash(blob: file.bytes)
        return TreeEntry(
          name: name, mode: TreeEntry.file, id: known.contains(id) ? id : try repository.writeBlob(file.bytes)
        )
      }
      // Neither who sits at the machine nor anything else that the state does not say.
      let author = Signature(
        name: name, email: machine.hex + RegistryStore.machineDomain,
        seconds: taken.milliseconds / 1000, offsetMinutes: 0)
      return try repository.writeCommit(
        tree: repository.writeTree(entries), parents: [], author: author, committer: author,
        message: "State of the checkouts\n")
    }
  }
}
