public import Git
import SystemSupport
import ByteStrings
public import Registry
import SystemPackage

/// What a change puts into the registry.
public struct RegistryChange: Sendable {
  /// New values by path; nil removes the entry.
  public var entries: [EntryPath: JSON?]
  /// Blobs that the registry has already and that go to these places as they are, such as files that this version does not
  /// know; nil removes what is there.
  public var blobs: [EntryPath: ObjectID?]
  /// The commit's message: a subject, and, after a blank line, what it names.
  public var message: String
  /// Whether the machine's own record comes with it: everywhere but where the entries are another machine's, that only
  /// pass through here.
  public var isOwn: Bool

  /// A proposal of its parts.
  public init(
    _ entries: [EntryPath: JSON?], blobs: [EntryPath: ObjectID?] = [:], message: String, isOwn: Bool = true
  ) {
    self.entries = entries
    self.blobs = blobs
    self.message = message
    self.isOwn = isOwn
  }
}

extension RegistryStore {
  /// Changes the registry by one commit, or not at all.
  ///
  /// The proposal is worked out and its objects are written before the lock is taken. Where main has moved by then,
  /// it is worked out again, this time under the lock, so that nothing that another process did is overwritten.
  ///
  /// - Parameter propose: what to change, given the commit that main is at; nil changes nothing.
  /// - Returns: the commits that main was and is at; the same one where nothing changed.
  @discardableResult
  public func update(_ propose: (ObjectID) throws -> RegistryChange?) throws -> (old: ObjectID, new: ObjectID)
  {
    let base = try main()
    guard let first = try write(propose(base), onto: base) else { return (base, base) }
    let lock = try lock()
    defer { _ = lock.isHeld }
    let now = try main()
    defer { startMaintenanceIfNeeded() }
    if now == base {
      try move(from: base, to: first.commit, message: first.subject)
      return (base, first.commit)
    }
    guard let second = try write(propose(now), onto: now) else { return (now, now) }
    try move(from: now, to: second.commit, message: second.subject)
    return (now, second.commit)
  }

  /// Changes the registry by one commit of these blobs, which are in it already.
  ///
  /// - Parameter expected: the commit that main must be at, checked under the lock; nil takes any.
  public func update(
    blobs: [EntryPath: ObjectID?], message: String, expecting expected: ObjectID?
  ) throws -> (old: ObjectID, new: ObjectID) {
    let lock = try lock()
    defer { _ = lock.isHeld }
    let base = try main()
    try Self.check(expected, base)
    guard let written = try write(blobs, message: message, onto: base) else { return (base, base) }
    try move(from: base, to: written, message: message)
    return (base, written)
  }

  /// Moves main to a commit that already exists, such as a merge.
  public func advance(to commit: ObjectID, message: String, expecting expected: ObjectID?) throws -> ObjectID
  {
    try Self.checkFormat(of: commit, as: .commit(commit), in: repository)
    let lock = try lock()
    defer { _ = lock.isHeld }
    let base = try main()
    try Self.check(expected, base)
    if base != commit { try move(from: base, to: commit, message: message) }
    return base
  }

  /// Merges a commit into main.
  ///
  /// As with ``update(_:)`` the merge is made before the lock is taken, and once more under it where main has moved by then.
  ///
  /// - Parameters: those of ``merge(ours:theirs:strategy:lost:theirName:)``; `message` is for the reference's log.
  /// - Returns: the commit that main was at, and the merge, whose commit main is at now.
  public func mergeIntoMain(
    _ theirs: ObjectID, strategy: MergeStrategy, lost: ObjectID?, theirName: String, message: String
  ) throws -> (old: ObjectID, outcome: MergeOutcome) {
    func merged(into base: ObjectID) throws -> MergeOutcome {
      try merge(ours: base, theirs: theirs, strategy: strategy, lost: lost, theirName: theirName)
    }
    let base = try main()
    let first = try merged(into: base)
    if first.commit == base { return (base, first) }
    let lock = try lock()
    defer { _ = lock.isHeld }
    let now = try main()
    let outcome = now == base ? first : try merged(into: now)
    defer { startMaintenanceIfNeeded() }
    if outcome.commit != now {
      try move(from: now, to: outcome.commit, message: message)
      try dropStates(besideThoseOf: outcome.commit)
    }
    return (now, outcome)
  }

  private static func check(_ expected: ObjectID?, _ main: ObjectID) throws {
    guard let expected, expected != main else { return }
    throw RegistryStoreError.moved(to: main, expected: expected)
  }

  /// Takes the registry's lock, which every writer holds while it moves main.
  public func lock() throws -> RegistryLock { try RegistryLock(directory) }

  // MARK: Writing

  private func write(
    _ proposal: RegistryChange?, onto base: ObjectID
  ) throws -> (commit: ObjectID, subject: String)? {
    guard let proposal, !proposal.entries.isEmpty || !proposal.blobs.isEmpty else { return nil }
    return try repository.withBatch { repository in
      var blobs = try proposal.entries.mapValues { value in
        try value.map { try repository.writeBlob($0.canonical) }
      }
      blobs.merge(proposal.blobs) { written, _ in written }
      // A proposal that has made this entry already keeps its own: its maker relies on that.
      for (path, value) in proposal.isOwn ? try machineEntry(in: base) : [:] where blobs[path] == nil {
        blobs[path] = try repository.writeBlob(value.canonical)
      }
      let subject = String(proposal.message.prefix(before: "\n"))
      return try write(tree: blobs, proposal.message, base).map { ($0, subject) }
    }
  }

  private func write(
    _ blobs: [EntryPath: ObjectID?], message: String, onto base: ObjectID
  ) throws -> ObjectID? {
    guard !blobs.isEmpty else { return nil }
    return try repository.withBatch { repository in
      var blobs = blobs
      for (path, value) in try machineEntry(in: base) {
        blobs[path] = try repository.writeBlob(value.canonical)
      }
      return try write(tree: blobs, message, base)
    }
  }

  private func write(tree blobs: [EntryPath: ObjectID?], _ message: String, _ base: ObjectID) throws
    -> ObjectID?
  {
    let former = try repository.commit(base).tree
    let tree = try TreeEditor.apply(blobs, to: former, in: repository)
    guard tree != former else { return nil }
    return try writeCommit(tree: tree, parents: [base], message: message)
  }

  /// Writes a commit by the user, from this machine.
  func writeCommit(tree: ObjectID, parents: [ObjectID], message: String) throws -> ObjectID {
    let seconds = Clock.nowMilliseconds / 1000
    let configuration = try repository.configuration()
    let name = try Environment["GIT_AUTHOR_NAME"] ?? configuration.string("user.name") ?? Host.user
    let email =
      try Environment["GIT_AUTHOR_EMAIL"] ?? configuration.string("user.email") ?? "\(Host.user)@\(Host.name)"
    let ending = message.ends(with: "\n") ? message : message + "\n"
    return try repository.writeCommit(
      tree: tree, parents: parents,
      author: Signature(name: name, email: email, seconds: seconds, offsetMinutes: 0),
      committer: Signature(
        name: machine.name, email: machine.id.hex + Self.machineDomain, seconds: seconds, offsetMinutes: 0),
      message: ending)
  }

  /// This machine's own record, where `base` has none or another name for it.
  func machineEntry(in base: ObjectID) throws -> [EntryPath: JSON] {
    let path = EntryPath.machine(machine.id)
    if let blob = try blob(at: path, in: base), var known = try? Machine(json: json(blob)) {
      let home = Self.home ?? known.home
      guard !known.name.hasSameBytes(as: machine.name) || known.home != home else { return [:] }
      known.name = machine.name
      known.home = home
      return [path: known.json]
    }
    let new = Machine(
      id: machine.id, name: machine.name, system: Host.system,
      firstSeen: Timestamp(milliseconds: Clock.nowMilliseconds), home: Self.home)
    return [path: new.json]
  }

  /// The home directory, by which another machine knows where below its own a project would be.
  private static var home: FilePath? {
    Environment.home.flatMap { $0.isAbsolute ? $0.resolved ?? $0.lexicallyNormalized() : nil }
  }

  /// Moves main by compare-and-swap. Called under the lock.
  private func move(from old: ObjectID, to new: ObjectID, message: String) throws {
    try move(Self.mainReference, to: new, expecting: old, message: message)
  }
}
