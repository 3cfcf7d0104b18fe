public import Git
import SystemSupport
import ByteStrings
public import Registry
import SystemPackage

/// What machines say of their checkouts: `refs/dev-infra/state/<M>`, one commit without a parent for each machine, which the
/// machine alone writes and replaces at each push. So it makes no history, and what it said yesterday is gone tomorrow.
extension RegistryStore {
  /// Where all those references are.
  public static let stateFolder = "refs/dev-infra/state/"

  /// Where a machine's state is kept.
  public static func stateReference(of machine: MachineID) -> String { stateFolder + machine.hex }

  /// The machine whose state a reference of this name is; nil for any other name.
  public static func machine(ofStateReference name: String) -> MachineID? {
    guard name.begins(with: stateFolder) else { return nil }
    return MachineID(String(name.dropFirst(stateFolder.count)))
  }

  /// The most machines whose state is taken from one remote.
  private static let stateLimit = 1000

  // MARK: Reading

  /// What a machine last said of its checkouts; nil where it has said nothing.
  ///
  /// - Parameter ids: the projects that are read; nil for all.
  /// - Throws: an error that says what is wrong with it.
  public func state(of machine: MachineID, only ids: Set<ProjectID>? = nil) throws -> MachineState? {
    try repository.reference(Self.stateReference(of: machine)).map {
      try state(in: $0, of: machine, only: ids)
    }
  }

  /// What these machines last said of their checkouts; what cannot be read is told of and left out.
  public func states(of machines: [MachineID], only ids: Set<ProjectID>? = nil) -> [MachineState] {
    machines.compactMap { machine in
      do {
        return try state(of: machine, only: ids)
      } catch {
        delegate.note(.stateSetAside(machine, remote: nil, error))
        return nil
      }
    }
  }

  /// The state in a commit, checked in full: it may come from anywhere.
  ///
  /// - Throws: an error that says what is wrong with it.
  public func state(
    in commit: ObjectID, of machine: MachineID, only ids: Set<ProjectID>? = nil
  ) throws -> MachineState {
    let names = ids.map { Set($0.map { MachineState.fileName(of: $0) }) }
    let information = try repository.commit(commit)
    guard information.parents.isEmpty else { throw StateFault.hasHistory }
    let entries = try repository.tree(information.tree)
    // Besides those that are known there may be some of a newer version.
    guard entries.count <= 300 else { throw StateFault.tooManyFiles }
    func json(_ entry: TreeEntry) throws -> JSON {
      guard entry.mode == TreeEntry.file else { throw StateFault.notAFile }
      return try self.json(entry.id)
    }
    guard let record = entries.first(where: { $0.name.elementsEqual(MachineState.recordName.utf8) }) else {
      throw StateFault.noRecord
    }
    var state = try MachineState(machine: machine, record: json(record))
    for entry in entries {
      let name = String(decoding: entry.name, as: UTF8.self)
      if MachineState.isShard(name), names?.contains(name) ?? true { try state.add(json(entry), named: name) }
    }
    return state
  }

  // MARK: Writing

  /// Keeps what this machine says of its checkouts, in place of what it said before.
  public func keep(_ state: MachineState) throws {
    let name = Self.stateReference(of: machine.id)
    let former = try repository.reference(name).flatMap { try? repository.tree(repository.commit($0).tree) }
    let known = Set((former ?? []).map(\.id))
    let commit = try repository.withBatch { repository in
      let entries = try state.files.map { name, value in
        let bytes = value.canonical
        // Most of it is as it was, and there already.
        let id = try ObjectID.hash(blob: bytes)
        return TreeEntry(
          name: name, mode: TreeEntry.file, id: known.contains(id) ? id : try repository.writeBlob(bytes))
      }
      // Neither who sits at the machine nor anything else that the state does not say.
      let author = Signature(
        name: machine.name, email: machine.id.hex + Self.machineDomain,
        seconds: state.taken.milliseconds / 1000, offsetMinutes: 0)
      return try repository.writeCommit(
        tree: repository.writeTree(entries), parents: [], author: author, committer: author,
        message: "State of the checkouts\n")
    }
    let lock = try lock()
    defer { _ = lock.isHeld }
    try replace(name, with: commit)
  }

  /// Forgets what this machine said of its checkouts; the next push removes it from the remotes as well.
  public func forgetOwnState() throws {
    let name = Self.stateReference(of: machine.id)
    guard let known = try repository.reference(name) else { return }
    let lock = try lock()
    defer { _ = lock.isHeld }
    try delete(name, expecting: known)
  }

  /// Called under the lock.
  private func replace(_ name: String, with commit: ObjectID) throws {
    try move(name, to: commit, expecting: repository.reference(name), message: "state")
  }

  /// Drops the states of machines that a commit does not know: they were taken out. Called under the lock.
  func dropStates(besideThoseOf commit: ObjectID) throws {
    let references = try repository.references(withPrefix: Self.stateFolder)
    guard !references.isEmpty else { return }
    let known = Set(try machineIDs(in: commit))
    for reference in references {
      if let machine = Self.machine(ofStateReference: reference.name), known.contains(machine) { continue }
      try delete(reference.name, expecting: reference.target)
    }
  }

  // MARK: From and to remotes

  /// Takes over what a fetch brought of other machines' states, and remembers what the remote has. Called under the lock.
  ///
  /// - Parameter main: what the remote has as main; nil for nothing.
  func acceptStates(_ main: ObjectID?, _ branch: RemoteBranch) throws {
    guard try carriesState(branch) else { return }
    var held: [MachineID: ObjectID] = [:]
    let known = try main.map { Set(try machineIDs(in: $0)) } ?? []
    let now = Timestamp(milliseconds: Clock.nowMilliseconds)
    for reference in try repository.references(withPrefix: branch.incomingStates).prefix(Self.stateLimit) {
      guard let id = MachineID(String(reference.name.dropFirst(branch.incomingStates.count))) else {
        continue
      }
      held[id] = reference.target
      // What a remote says of this machine is at best what this machine said, and the state of one that was taken out nobody's.
      guard id != machine.id, known.contains(id) else { continue }
      let name = Self.stateReference(of: id)
      let former = try repository.reference(name)
      guard former != reference.target else { continue }
      do {
        let state = try state(in: reference.target, of: id)
        guard !state.taken.isFarFuture(now: now) else { throw StateFault.fromTheFuture(state.taken) }
        // Another remote may have a newer one.
        if former != nil, let known = try? self.state(of: id), known.taken >= state.taken { continue }
        try replace(name, with: reference.target)
      } catch let error as GitError where error.kind == .modified {
        throw error
      } catch {
        delegate.note(.stateSetAside(id, remote: branch.remote, error))
      }
    }
    write(held, of: branch)
  }

  /// What a push sends and deletes of states besides main.
  struct StatePush {
    /// Words for `git push`.
    var words: [String] = []
    /// What the remote has afterwards.
    var held: [MachineID: ObjectID] = [:]
    /// The machines whose states are deleted there, since they were taken out.
    var gone: [MachineID] = []
  }

  /// What is to be pushed of states, with a commit that is to be the remote's main: this machine's, and that those of machines
  /// that it does not know are gone.
  func statePush(with commit: ObjectID, to branch: RemoteBranch) throws -> StatePush {
    var push = StatePush()
    guard try carriesState(branch), try !refusesState(branch) else { return push }
    let known = Set(try machineIDs(in: commit))
    push.held = held(by: branch)
    for id in push.held.keys.sorted() where !known.contains(id) {
      push.words.append(":\(Self.stateReference(of: id))")
      push.held[id] = nil
      push.gone.append(id)
    }
    guard known.contains(machine.id) else { return push }
    let name = Self.stateReference(of: machine.id)
    let own = try repository.reference(name)
    guard own != push.held[machine.id] else { return push }
    push.words.append(own.map { "+\($0.hex):\(name)" } ?? ":\(name)")
    push.held[machine.id] = own
    return push
  }

  /// Takes notice of what a push did to states. Called under the lock.
  func settle(_ push: StatePush, with branch: RemoteBranch) throws {
    guard !push.words.isEmpty else { return }
    write(push.held, of: branch)
    // The fetch before has brought them once more.
    for id in push.gone {
      let name = Self.stateReference(of: id)
      if let known = try repository.reference(name) { try delete(name, expecting: known) }
    }
  }

  /// Whether a remote can hold states: the records of a service, which every client sees, do not.
  public func carriesState(_ branch: RemoteBranch) throws -> Bool {
    try !(remoteURL(of: branch.remote) ?? "").begins(with: "work-prod::")
  }

  // MARK: What is known of remotes

  /// How long a remote that refused a state is not asked again, in milliseconds.
  private static let refusalTime: Int64 = 7 * 86_400_000

  private func stateFile(_ folder: String, _ branch: RemoteBranch) -> FilePath {
    directory.pushing("cache").pushing(FilePath(folder)).appending(branch.fileName)
  }

  private func held(by branch: RemoteBranch) -> [MachineID: ObjectID] {
    var held: [MachineID: ObjectID] = [:]
    let bytes = (try? Files.read(stateFile("remote-states", branch), limit: 1 << 20)) ?? []
    for line in String(decoding: bytes, as: UTF8.self).split(at: "\n") {
      let words = line.split(at: " ").map { String($0) }
      guard words.count == 2, let id = MachineID(words[0]), let commit = ObjectID(hex: words[1]) else {
        continue
      }
      held[id] = commit
    }
    return held
  }

  /// Remembers which states a remote has. Where it cannot be written nothing is deleted there.
  func write(_ held: [MachineID: ObjectID], of branch: RemoteBranch) {
    let lines = held.sorted { $0.key < $1.key }.map { "\($0.key.hex) \($0.value.hex)\n" }.joined()
    put(Array(lines.utf8), into: stateFile("remote-states", branch))
  }

  private func put(_ bytes: [UInt8], into file: FilePath) {
    if bytes.isEmpty, Files.isMissing(file) { return }
    if let known = try? Files.read(file, limit: 1 << 20), known == bytes { return }
    try? Files.makeDirectory(file.removingLastComponent(), mode: 0o700)
    try? Files.replace(file, with: bytes, durable: false)
  }

  /// Remembers that a remote refuses states, for some time and for the URL that it has.
  func rememberRefusal(of branch: RemoteBranch) throws {
    let url = try ObjectID.hash(blob: Array((remoteURL(of: branch.remote) ?? "").utf8))
    put(Array("\(Clock.nowMilliseconds) \(url.hex)\n".utf8), into: stateFile("state-refusals", branch))
  }

  private func refusesState(_ branch: RemoteBranch) throws -> Bool {
    guard let bytes = try? Files.read(stateFile("state-refusals", branch), limit: 256) else { return false }
    let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let time = Int64(words[0]) else { return false }
    let url = try ObjectID.hash(blob: Array((remoteURL(of: branch.remote) ?? "").utf8))
    return words[1] == url.hex && (0..<Self.refusalTime).contains(Clock.nowMilliseconds - time)
  }
}

/// Why a machine's state cannot be used, where its files can.
public enum StateFault: Error, Equatable, Sendable {
  /// The commit has a parent.
  case hasHistory
  /// The tree has more entries than there can be.
  case tooManyFiles
  /// One of them is not a regular file.
  case notAFile
  /// None of them says whose state it is.
  case noRecord
  /// It says that it is of a time that is more than a day ahead.
  case fromTheFuture(Timestamp)
}
