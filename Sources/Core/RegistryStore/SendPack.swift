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
  /// Sends a registry commit to a remote's main, which must be one of its ancestors.
  ///
  /// - Parameters:
  ///   - relay: takes what git says on stderr as it comes; nil where its progress is not shown.
  ///   - withState: also what this machine says of its checkouts, and that what machines say that were taken out is gone.
  ///   - dryRun: asks the remote and changes nothing there.
  public func send(
    _ commit: ObjectID, to branch: RemoteBranch, timeout: Int?, relay: (@Sendable ([UInt8]) -> Void)?,
    withState: Bool = false, dryRun: Bool
  ) throws -> SendResult {
    try Self.checkFormat(of: commit, as: .commit(commit), in: repository)
    let known = try repository.reference(branch.reference)
    let transport = GitTransport(
      action: .push, remote: branch.remote, url: try remoteURL(of: branch.remote) ?? "",
      silenceLimit: try silenceLimit(timeout), relay: relay, delegate: delegate)
    func push(_ states: [String]) throws -> (succeeded: Bool, lines: [String], errors: [UInt8]) {
      let result = try transport.run(
        ["push", "--porcelain", "--no-verify", "--progress", "--no-follow-tags", "--recurse-submodules=no"]
          + (dryRun ? ["--dry-run"] : []) + ["--", branch.remote, "\(commit.hex):refs/heads/main"] + states,
        in: self)
      let lines = result.output.split(separator: UInt8(ascii: "\n")).map {
        String(decoding: $0, as: UTF8.self)
      }
      return (result.succeeded, lines, result.errors)
    }
    func lineOfMain(_ lines: [String]) -> String? {
      lines.first { $0.holds("\t") && $0.contains(":refs/heads/main\t") }
    }
    var states = withState && !dryRun ? try statePush(with: commit, to: branch) : StatePush()
    var result = try push(states.words)
    if !result.succeeded, !states.words.isEmpty, let line = lineOfMain(result.lines),
      Self.race(line, result.errors) == nil
    {
      // Some servers take no ref that they do not know, and some of those then take none at all.
      if line.begins(with: "!") { result = try push([]) } else { result.succeeded = true }
      if result.succeeded {
        try rememberRefusal(of: branch)
        delegate.note(.stateRefused(remote: branch.remote))
      }
      states = StatePush()
    }
    let line = lineOfMain(result.lines)
    guard result.succeeded else {
      if let line, let race = Self.race(line, result.errors) { return race }
      if let line, let reason = transport.partialReason(line) {
        transport.passOn(result.errors)
        return .partial(reason: reason)
      }
      throw transport.pushFailure(line, result.errors)
    }
    transport.passOn(result.errors)
    if dryRun { return line?.begins(with: "=") ?? false ? .upToDate : .sent(from: known) }
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
    try settle(states, with: branch)
    return line?.begins(with: "=") ?? false ? .upToDate : .sent(from: known)
  }

  /// What git's report of a push, `!`, the refs and a summary with tabs between, says of a lost race; nil where it is about
  /// something else.
  ///
  /// git push(1) has words of its own for what it finds out itself. Why a remote refuses comes from the git at the other end,
  /// which has no other form for it.
  static func race(_ line: String, _ errors: [UInt8]) -> SendResult? {
    let fields = line.split(at: "\t", omittingEmptySubsequences: false)
    guard fields.count == 3, fields[0] == "!" else { return nil }
    for summary in ["fetch first", "non-fast-forward", "stale info", "needs force"] {
      if fields[2] == "[rejected] (\(summary))" || fields[2] == "[remote rejected] (\(summary))" {
        return .rejected
      }
    }
    guard fields[2].begins(with: "[remote rejected] (") else { return nil }
    // What the daemon says where its registry is held.
    if fields[2].ends(with: "(another command holds the registry, try again)") { return .locked }
    let said = fields[2] + " " + String(decoding: errors, as: UTF8.self)
    guard
      ["cannot lock ref", "failed to update ref", "incorrect old value", "reference already exists"]
        .contains(where: { said.contains($0) })
    else { return nil }
    return said.contains("Unable to create") && said.contains(".lock': File exists") ? .locked : .rejected
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
