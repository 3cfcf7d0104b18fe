public import Git
import ByteStrings
public import Registry

/// What came of sending a commit to a remote.
public enum SendResult: Sendable, Equatable {
  /// The remote had it already.
  case upToDate
  /// The remote has it now, or would have after a dry run.
  case sent(from: ObjectID?)
  /// The remote has moved in the meantime: fetch, merge, and try again.
  case rejected
  /// Another push is under way there, or one that was killed has left its lock: try again, but not for ever.
  case locked
  /// A work-prod service took only some of the projects, for this reason; what it said of each has been passed on.
  case partial(reason: String)
}

extension RegistryStore {
  /// Whether a fetch from a remote that has our commit settles it, so that the remote need not be asked again. One that is reached by
  /// a remote helper is asked, which may have more to do than a ref says.
  public func isSettled(by branch: RemoteBranch) throws -> Bool { try helper(of: branch) == nil }

  /// Sends a registry commit to a remote's main, which must be one of its ancestors.
  ///
  /// - Parameters:
  ///   - relay: takes what git says on stderr as it comes; nil where its progress is not shown.
  ///   - dryRun: asks the remote and changes nothing there.
  public func send(
    _ commit: ObjectID, to branch: RemoteBranch, timeout: Int?, relay: (@Sendable ([UInt8]) -> Void)?,
    dryRun: Bool
  ) throws -> SendResult {
    try Self.checkFormat(of: commit, as: .commit(commit), in: repository)
    let known = try repository.reference(branch.reference)
    let transport = try transport(.push, branch, timeout, relay)
    // gcrypt cannot be asked what it would do; what it did is known.
    if dryRun, try EncryptedRemote(branch.remote, url: transport.url, in: self) != nil {
      return known == commit ? .upToDate : .sent(from: known)
    }
    let result = try transport.push(["\(commit.hex):refs/heads/main"], dryRun: dryRun, in: self)
    let pushed = GitDiagnostics.PushedRef("refs/heads/main", in: result.report)
    guard result.succeeded else {
      switch pushed?.race(result.errors) {
      case .overtaken: return .rejected
      case .locked: return .locked
      case nil: break
      }
      if let reason = pushed.flatMap(transport.partialReason) {
        transport.passOn(result.errors)
        return .partial(reason: reason)
      }
      throw transport.pushFailure(pushed, result.errors)
    }
    transport.passOn(result.errors)
    if dryRun { return pushed?.isUpToDate ?? false ? .upToDate : .sent(from: known) }
    let lock = try lock()
    defer { _ = lock.isHeld }
    let tracked = try repository.reference(branch.reference)
    // Where another command has seen the remote meanwhile it may have seen what came after this push.
    if tracked != commit, try tracked == known || isForward(tracked, commit) {
      try move(branch.reference, to: commit, expecting: tracked, message: "push")
    }
    if let lost = try repository.reference(branch.lost), try repository.isAncestor(lost, of: commit) {
      try delete(branch.lost, expecting: lost)
    }
    markSeen(branch)
    return pushed?.isUpToDate ?? false ? .upToDate : .sent(from: known)
  }

  /// The commit that puts just these projects into a remote: its own tree with their entries, and where they are on
  /// this machine, merged into it.
  ///
  /// Its only parent is what the remote has. Were main a parent too, a later merge would take what was not sent for
  /// deleted.
  public func commit(sending ids: [ProjectID], to branch: RemoteBranch) throws -> ObjectID {
    let main = try main()
    let theirs = try repository.reference(branch.reference) ?? firstCommit(of: main)
    let merged = try merge(
      ours: main, theirs: theirs, strategy: .lastWrite, lost: repository.reference(branch.lost),
      theirName: branch.remote)
    for report in merged.reports { delegate.note(.merge(report)) }
    var blobs: [EntryPath: ObjectID?] = [:]
    let machinePath = EntryPath.machine(machine.id)
    blobs[machinePath] = try blob(at: machinePath, in: merged.commit)
    for id in ids {
      for path in [EntryPath.project(id), .checkout(machine.id, id)] {
        blobs[path] = .some(try blob(at: path, in: merged.commit))
      }
    }
    let former = try repository.commit(theirs).tree
    let tree = try TreeEditor.apply(blobs, to: former, in: repository)
    if tree == former { return theirs }
    return try writeCommit(
      tree: tree, parents: [theirs], message: "Send \(ids.count) project\(ids.count == 1 ? "" : "s")")
  }

  /// The commit without parents that every registry begins with.
  private func firstCommit(of commit: ObjectID) throws -> ObjectID {
    var commit = commit
    while let parent = try repository.commit(commit).parents.first { commit = parent }
    return commit
  }
}
