public import Git
import SystemSupport
import ByteStrings
import Registry
import SystemPackage

extension RegistryStore {
  /// Brings a remote's registry into its tracking reference.
  ///
  /// It goes to a reference of its own first, is looked at there, and replaces the tracking reference only when it is
  /// a registry of a format that is known.
  ///
  /// - Parameters:
  ///   - timeout: seconds that the remote may say nothing; nil for the configured ones.
  ///   - relay: takes what git says on stderr as it comes; nil where its progress is not shown.
  ///   - withStates: also what other machines say of their checkouts there.
  /// - Returns: the commits that the tracking reference was and is at; nil for none.
  public func fetch(
    _ branch: RemoteBranch, timeout: Int?, relay: (@Sendable ([UInt8]) -> Void)?, withStates: Bool = false
  ) throws -> (old: ObjectID?, new: ObjectID?) {
    // Held by every fetch: when nobody holds it, what is there was left behind.
    let presence = try FileLock(directory.appending("dev-infra.fetch"), sharing: true, timeout: 60)
    defer { dropIncoming(branch, presence) }
    // Connecting takes longer than the transfer, so states come with main. A remote helper needs a transfer
    // for each.
    var states = try !withStates ? States.none : helper(of: branch) == nil ? .beside : .apart
    let moved = try fetchMain(branch, transport(.fetch, branch, timeout, relay), &states, presence)
    switch states {
    case .none: break
    case .beside: acceptFetchedStates(branch)
    case .apart: fetchStates(branch, timeout, presence)
    }
    return moved
  }

  /// What other machines say of their checkouts: when it comes.
  private enum States {
    /// Not at all.
    case none
    /// With main.
    case beside
    /// In a transfer of its own.
    case apart
  }

  private func fetchMain(
    _ branch: RemoteBranch, _ transport: GitTransport, _ states: inout States,
    _ presence: borrowing FileLock
  ) throws -> (old: ObjectID?, new: ObjectID?) {
    while true {
      let known = try repository.reference(branch.reference)
      let new = try bring(branch, transport, &states, presence)
      let lock = try lock()
      defer { _ = lock.isHeld }
      let old = try repository.reference(branch.reference)
      // Where another command has seen the remote meanwhile, nobody knows whose answer is the older one.
      guard try old == known || isForward(old, new) else {
        if try isForward(new, old) { return (old, old) }
        continue
      }
      try accept(new, old, branch)
      markSeen(branch)
      return (old, new)
    }
  }

  /// Whether the remote can have gone from one state to the other without having been rewound.
  func isForward(_ old: ObjectID?, _ new: ObjectID?) throws -> Bool {
    guard let old else { return true }
    guard let new else { return false }
    return try repository.isAncestor(old, of: new)
  }

  /// Asks the remote, and has a look at what comes.
  ///
  /// - Returns: the commit that the remote's main is at; nil where it has none.
  private func bring(
    _ branch: RemoteBranch, _ transport: GitTransport, _ states: inout States,
    _ presence: borrowing FileLock
  ) throws -> ObjectID? {
    // The pattern, and not the plain name, because a remote that is empty is not an error then.
    let ofMain = "+refs/heads/main*:\(branch.incoming)*"
    var result: GitTransport.Outcome
    do {
      let refspecs = states == .beside ? [ofMain, stateRefspec(branch)] : [ofMain]
      result = try fetch(refspecs, branch, transport, presence)
    } catch RegistryStoreError.transport(let failure) where states == .beside && failure.cause.mayBeOfStates {
      result = (false, [], [])
    }
    if states == .beside, !result.succeeded, !GitDiagnostics.remoteWasNotReached(result.errors) {
      // A state may be the reason that nothing came, and main must come whatever the states are like.
      states = .apart
      result = try fetch([ofMain], branch, transport, presence)
    }
    guard result.succeeded else { throw transport.failure(result.errors) }
    transport.passOn(result.errors)
    let new = try repository.reference(branch.incoming)
    // git ends with 0 then, as if there were nothing.
    if new == nil, GitDiagnostics.isShallow(result.errors) { throw transport.shallowFailure }
    if let new {
      // git also fetches a branch that is a tag object, and no reader of a branch expects one.
      if let kind = try repository.header(of: new)?.kind, kind != .commit {
        throw transport.failure(Array("its branch main is a \(kind.rawValue) and not a commit".utf8))
      }
      let known = try [repository.reference(branch.reference), main()].compactMap { $0 }
      do {
        try repository.requireReadable(new, beyond: known)
      } catch {
        throw transport.failure(Array(error.reason.utf8))
      }
      try Self.checkFormat(of: new, as: .remote(branch.remote), in: repository)
    }
    return new
  }

  /// Runs `git fetch` for these refspecs. Nothing of what it began is left, however it ends.
  private func fetch(
    _ refspecs: [String], _ branch: RemoteBranch, _ transport: GitTransport, _ presence: borrowing FileLock
  ) throws -> GitTransport.Outcome {
    var isDone = false
    defer { if !isDone, presence.isAlone() { dropUnfinishedPacks() } }
    let result = try transport.run(
      [
        "fetch", "--quiet", "--no-write-fetch-head", "--no-tags", "--prune", "--progress",
        "--no-recurse-submodules", "--no-filter",
        // Without this git would move the tracking reference as well, before what came has been looked at.
        "--refmap=", "--", branch.remote,
      ] + refspecs, in: self)
    isDone = result.succeeded
    if !isDone {
      let limit = GitProgram.receivedPack
      if unfinishedPacks().contains(where: { Files.size(of: $0) ?? 0 >= limit }) {
        throw transport.failure(.pack(bytes: limit))
      }
    }
    return result
  }

  private func stateRefspec(_ branch: RemoteBranch) -> String {
    "+\(Self.stateFolder)*:\(branch.incomingStates)*"
  }

  /// Takes over the states that came with main. A fault in them is reported and fails nothing.
  private func acceptFetchedStates(_ branch: RemoteBranch) {
    do {
      let lock = try lock()
      defer { _ = lock.isHeld }
      try acceptStates(repository.reference(branch.reference), branch)
    } catch {
      delegate.note(.statesNotFetched(remote: branch.remote, error))
    }
  }

  /// Fetches what other machines say of their checkouts, in a transfer of its own: main is here by then, and a fault in this
  /// is reported and fails nothing.
  private func fetchStates(_ branch: RemoteBranch, _ timeout: Int?, _ presence: borrowing FileLock) {
    do {
      guard try givesStates(branch) else { return }
      let transport = try stateTransport(.fetch, branch, timeout)
      for attempt in 1...3 {
        let result = try fetch([stateRefspec(branch)], branch, transport, presence)
        if result.succeeded {
          transport.passOn(result.errors)
          return acceptFetchedStates(branch)
        }
        if GitDiagnostics.serviceHoldsNoStates(result.errors) {
          _ = try remember(.holdsNone, of: branch)
          return
        }
        // A machine has replaced its state while it was fetched. What it says now comes with the next fetch at the latest.
        guard GitDiagnostics.refHasMoved(result.errors) else { throw transport.failure(result.errors) }
        Clock.pause(0.02 * Double(attempt))
      }
    } catch {
      delegate.note(.statesNotFetched(remote: branch.remote, error))
    }
  }

  /// Moves the tracking reference to what came. Called under the lock.
  private func accept(_ new: ObjectID?, _ old: ObjectID?, _ branch: RemoteBranch) throws {
    guard let new else {
      guard let old else { return }
      delegate.note(.remoteEmptied(branch.remote))
      try remember(lost: old, branch)
      return try delete(branch.reference, expecting: old)
    }
    if let lost = try repository.reference(branch.lost), try repository.isAncestor(lost, of: new) {
      try delete(branch.lost, expecting: lost)
    }
    guard old != new else { return }
    if let old, try !repository.isAncestor(old, of: new) {
      delegate.note(.remoteRewound(branch.remote, from: old))
      try remember(lost: old, branch)
    }
    try move(branch.reference, to: new, expecting: old, message: "fetch")
  }

  /// Keeps the first commit that was lost: what the remote had then contains what it had before.
  private func remember(lost: ObjectID, _ branch: RemoteBranch) throws {
    let known = try repository.reference(branch.lost)
    if let known, try repository.isAncestor(lost, of: known) { return }
    try move(branch.lost, to: lost, expecting: known, message: "lost by the remote")
  }

  /// Removes the packs that git began and then refused, which it leaves for a later gc.
  ///
  /// The lock keeps out what else makes packs: a gc. Our own unfinished packs have longer names.
  ///
  /// - Parameter age: seconds in which nothing was written to them.
  private func dropUnfinishedPacks(olderThan age: Int = 0) {
    let found = unfinishedPacks().filter { (Files.age(of: $0) ?? 0) >= age }
    guard !found.isEmpty, let lock = try? lock() else { return }
    defer { _ = lock.isHeld }
    for path in found { Files.remove(path) }
  }

  /// The packs that git has begun, and their indexes.
  private func unfinishedPacks() -> [FilePath] {
    let folder = directory.pushing("objects/pack")
    return ((try? Files.names(in: folder)) ?? []).filter { name in
      ["tmp_pack_", "tmp_idx_", "tmp_rev_"].contains {
        name.count == $0.utf8.count + 6 && name.starts(with: $0.utf8)
      }
    }.map { folder.pushing(FilePath(bytes: $0)) }
  }

  /// Removes what this fetch brought in, and what fetches that were killed left behind. Neither is in anybody's way,
  /// so failing to remove it is not an error.
  ///
  /// A process number does not tell who is alive: the process may be a zombie or in another container, and the number
  /// may be reused.
  private func dropIncoming(_ branch: RemoteBranch, _ presence: borrowing FileLock) {
    func drop(_ prefix: String) {
      for reference in (try? repository.references(withPrefix: prefix)) ?? [] {
        try? delete(reference.name, expecting: reference.target)
      }
    }
    // At once, as there can be thousands; what a gc has packed meanwhile goes one by one.
    try? Files.removeTree(directory.pushing(FilePath(RemoteBranch.ownIncomingFolder)))
    drop(RemoteBranch.ownIncomingFolder + "/")
    guard presence.isAlone() else { return }
    drop(RemoteBranch.incomingFolder + "/")
    // Lock files too, whose names nobody will use again.
    try? Files.removeTree(directory.pushing(FilePath(RemoteBranch.incomingFolder)))
    // A git that a user runs here, unknown to us, may not be done yet.
    dropUnfinishedPacks(olderThan: 600)
  }
}
