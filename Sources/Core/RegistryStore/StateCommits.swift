import ByteStrings
public import Git
public import Registry
import SystemSupport

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
    let entries = try Self.entries(of: commit, in: repository)
    guard let record = entries.first(where: { $0.name.elementsEqual(MachineState.recordName.utf8) }) else {
      throw StateFault.noRecord
    }
    var state = try MachineState(machine: machine, record: Self.json(record, in: repository).value)
    for (name, entry) in Self.shards(entries) where names?.contains(name) ?? true {
      try state.add(Self.json(entry, in: repository).value, named: name)
    }
    self = state
  }

  /// Checks the files of a state whose record has been read, one at a time: what a remote has need not fit into memory.
  ///
  /// - Parameter room: what is left of the bytes that may be read; the last state may pass it.
  static func checkFiles(
    in commit: ObjectID, of machine: MachineID, _ room: inout Int, in repository: borrowing Repository
  ) throws {
    for (name, entry) in shards(try entries(of: commit, in: repository)) {
      var state = MachineState(machine: machine, taken: Timestamp(milliseconds: 0))
      let (value, size) = try json(entry, in: repository)
      room -= size
      try state.add(value, named: name)
    }
  }

  /// Bytes of a commit, and of its tree: of what this version writes they take a small part.
  private static let sizeLimit = 64 << 10

  private static func entries(
    of commit: ObjectID, in repository: borrowing Repository
  ) throws -> [TreeEntry] {
    guard let header = try repository.header(of: commit), header.kind == .commit else {
      throw StateFault.noCommit
    }
    // The rest of one that is too large is not even unpacked.
    guard header.size <= sizeLimit else { throw EntryFault.tooLarge(limit: sizeLimit) }
    let information = try repository.commit(commit)
    guard information.parents.isEmpty else { throw StateFault.hasHistory }
    guard try repository.header(of: information.tree)?.size ?? 0 <= sizeLimit else {
      throw StateFault.tooManyFiles
    }
    let entries = try repository.tree(information.tree)
    // Besides those that are known there may be some of a newer version.
    guard entries.count <= 300 else { throw StateFault.tooManyFiles }
    return entries
  }

  private static func shards(_ entries: [TreeEntry]) -> [(name: String, entry: TreeEntry)] {
    entries.map { (String(decoding: $0.name, as: UTF8.self), $0) }.filter { MachineState.isShard($0.0) }
  }

  private static func json(
    _ entry: TreeEntry, in repository: borrowing Repository
  ) throws -> (value: JSON, size: Int) {
    guard entry.mode == TreeEntry.file else { throw StateFault.notAFile }
    let bytes = try RegistryStore.entryBytes(entry.id, in: repository)
    return (try JSON.parse(bytes), bytes.count)
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
    let files = Parallel.map(makers) { maker in
      let bytes = maker.make().bytes
      return (name: maker.name, bytes: bytes, id: Result { try ObjectID.hash(blob: bytes) })
    }
    return try repository.withBatch { repository in
      let entries = try files.map { file in
        // Most of it is as it was, and exists.
        let id = try file.id.get()
        return TreeEntry(
          name: file.name, mode: TreeEntry.file,
          id: known.contains(id) ? id : try repository.writeBlob(file.bytes))
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
