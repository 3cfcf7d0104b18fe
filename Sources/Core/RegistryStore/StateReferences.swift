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

  /// What these machines last said of their checkouts; what cannot be read is reported and left out.
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

  /// What the machines that main knows last said, without what they said of each project, and the commits that it is in.
  ///
  /// - Parameter machine: the one that is asked about; nil for all.
  public func knownStates(
    of machine: MachineID? = nil
  ) throws -> [(state: MachineState, name: String, commit: ObjectID)] {
    let main = try main()
    func known(_ id: MachineID, _ commit: ObjectID) throws -> (
      state: MachineState, name: String, commit: ObjectID
    )? {
      guard try knows(id, in: main), let state = try? state(in: commit, of: id, only: []) else { return nil }
      return (state, name(of: id, in: main), commit)
    }
    if let machine {
      return try repository.reference(Self.stateReference(of: machine)).flatMap { try known(machine, $0) }.map
      { [$0] } ?? []
    }
    return try repository.references(withPrefix: Self.stateFolder).compactMap { reference in
      try Self.machine(ofStateReference: reference.name).flatMap { try known($0, reference.target) }
    }
  }

  /// What a machine that main knows is called; nil for another.
  public func name(of machine: MachineID) throws -> String? {
    let main = try main()
    guard try blob(at: .machine(machine), in: main) != nil else { return nil }
    return name(of: machine, in: main)
  }

  /// The other machines of which this one knows what they last said.
  public func otherMachinesWithState() throws -> [MachineID] {
    try repository.references(withPrefix: Self.stateFolder).compactMap {
      Self.machine(ofStateReference: $0.name)
    }.filter { $0 != machine.id }
  }

  /// The state in a commit, checked in full: it may come from anywhere.
  ///
  /// - Throws: an error that says what is wrong with it.
  public func state(
    in commit: ObjectID, of machine: MachineID, only ids: Set<ProjectID>? = nil
  ) throws -> MachineState {
    try MachineState(in: commit, of: machine, only: ids, in: repository)
  }

  // MARK: Writing

  /// Keeps what this machine says of its checkouts, in place of what it said before.
  public func keep(_ state: MachineState) throws { try keep(state, by: machine.name) }

  /// Keeps what a machine says of its checkouts, in place of what it said before.
  ///
  /// - Parameter name: what the machine is called.
  /// - Returns: the commit that it is in.
  @discardableResult
  public func keep(_ state: MachineState, by name: String) throws -> ObjectID {
    let reference = Self.stateReference(of: state.machine)
    let commit = try state.write(to: repository, by: name, replacing: repository.reference(reference))
    let lock = try lock()
    defer { _ = lock.isHeld }
    try replace(reference, with: commit)
    return commit
  }

  /// Forgets what this machine said of its checkouts; the next push removes it from the remotes as well.
  public func forgetOwnState() throws { try forgetState(of: machine.id) }

  /// Forgets what a machine said of its checkouts.
  ///
  /// - Returns: whether it had said anything.
  @discardableResult
  public func forgetState(of machine: MachineID) throws -> Bool {
    let name = Self.stateReference(of: machine)
    guard let known = try repository.reference(name) else { return false }
    let lock = try lock()
    defer { _ = lock.isHeld }
    try delete(name, expecting: known)
    return true
  }

  /// Called under the lock.
  func replace(_ name: String, with commit: ObjectID) throws {
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
}

/// Why a machine's state cannot be used, where its files can.
public enum StateFault: Error, Equatable, Sendable {
  /// The ref leads to something else than a commit.
  case noCommit
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
