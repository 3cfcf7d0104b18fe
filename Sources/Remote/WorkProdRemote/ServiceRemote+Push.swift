public import Git
import SystemSupport
import Registry
import RegistryStore
import WorkProd

/// What came of a push.
public enum PushResult: Equatable, Sendable {
  /// The service has it, or would have after a dry run.
  case done
  /// It has not, or not all; the reason in git's or our own words.
  case refused(String)
}

extension ServiceRemote {
  /// Makes the records what a commit says.
  ///
  /// - Parameters:
  ///   - isForced: whether what the service has, and the commit does not know, may be lost.
  ///   - isDry: only looks.
  public func push(_ commit: ObjectID, isForced: Bool, isDry: Bool) throws -> PushResult {
    let seen = try look()
    if let theirs = seen.commit, !isForced, try !repository.isAncestor(theirs, of: commit) {
      return .refused("fetch first")
    }
    var unusable = 0
    var contents = try RegistryContents(of: commit, in: repository) { path, fault in
      unusable += 1
      delegate.note(.unusableEntry(path: path, fault))
    }
    for (id, value) in contents.projects {
      guard let reason = ProjectSnapshot.problem(id, value, hash: ObjectID.blobHash) else { continue }
      unusable += 1
      delegate.note(.notSent(title: EntryPath.project(id).path, reason: reason))
      contents.projects[id] = nil
    }
    contents.dropOrphans(exceptOf: machine)
    let plan = PushPlan(from: seen.records, to: contents)
    if isDry { return .done }
    var sender = Sender(
      client, seen.records, machine, delegate: delegate,
      progress: delegate.progress(total: plan.count, isShown: showsProgress))
    try sender.send(plan)
    let refused = sender.refused + unusable
    // Git and 'dev-infra push' know what to do about that.
    if sender.isRaced, refused == 0 { return .refused("fetch first") }
    guard refused == 0 else {
      return .refused("\(refused) of \(max(plan.count, refused)) projects not taken, the others are there")
    }
    try state.keep(keeping(commit, contents), after: seen.commit, repository)
    // The service's records identify it at another address, and what it was filled with has not been read yet.
    if seen.records.holdings.isEmpty, let now = try? sender.look() {
      try state.remember(now.remembered, repository)
    }
    return .done
  }

  /// The commit that the service has after a push: the one that was pushed, where it holds nothing that no record can.
  private func keeping(_ commit: ObjectID, _ contents: RegistryContents) throws -> ObjectID {
    try repository.withBatch { repository in
      let first = try RegistryStore.writeFirstCommit(to: repository)
      let tree = try contents.write(onto: first, carrying: commit, in: repository)
      if try repository.commit(commit).tree == tree { return commit }
      return try Self.write(tree, parent: commit, [], in: repository)
    }
  }
}

extension ServiceRemote {
  /// The commit that git names in a command; nil where there is none.
  func commit(named text: String) throws -> ObjectID? { try repository.revparse(text) }
}
