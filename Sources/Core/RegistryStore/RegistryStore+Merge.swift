public import Git
public import Registry

/// What a merge of two registry commits gave.
public struct MergeOutcome: Sendable {
  /// The commit that holds the result: a merge, or one of the two where the other adds nothing, not even a value that gave way.
  public let commit: ObjectID
  /// What a person should know: conflicts and how they were resolved, entries set aside.
  public let reports: [MergeReport]
  /// How many entries of the other side were set aside because something is wrong with them.
  public let setAside: Int
}

extension RegistryStore {
  /// Merges the registry commit `theirs` into `ours`, three-way and per field; moves no reference.
  ///
  /// - Parameters:
  ///   - strategy: whose value is taken where both changed one field differently.
  ///   - lost: a commit that the other side had and has no longer; where it is part of `ours`, what the two have in
  ///     common is not to be trusted, and the empty tree is the base.
  ///   - theirName: what to call the other side in the message and the reports.
  public func merge(
    ours: ObjectID, theirs: ObjectID, strategy: MergeStrategy, lost: ObjectID? = nil, theirName: String
  ) throws -> MergeOutcome {
    try Self.checkFormat(of: theirs, as: .merged(theirName), in: repository)
    guard ours != theirs, try !repository.isAncestor(theirs, of: ours) else {
      return MergeOutcome(commit: ours, reports: [], setAside: 0)
    }
    var work = MergeWork(strategy: strategy, theirName: theirName)
    return try repository.withBatch { repository in
      var base: ObjectID?
      try withMergeBase(ours, theirs) { common in
        base = common
        if base == nil {
          work.report(.unrelated(theirName))
        } else if let lost, try repository.isAncestor(lost, of: ours),
          try !repository.isAncestor(lost, of: theirs)
        {
          work.report(.rewound(theirName))
          base = nil
        }
        try work.run(base: base, ours: ours, theirs: theirs, in: self)
      }

      let (oursTree, theirsTree) = (try repository.commit(ours).tree, try repository.commit(theirs).tree)
      let changes = try work.changes.written(in: repository)
      // A base that was made of several is not kept.
      let isBaseThere = base.map { repository.contains($0) } ?? true
      let other =
        work.isTheirsSound && isBaseThere
        ? TreeEditor.OtherSide(
          base: try base.map { try repository.commit($0).tree }, tree: theirsTree,
          isTakenWhole: changes.isTheirs)
        : nil
      let tree = try TreeEditor.apply(changes, of: other, to: oursTree, in: repository)
      // What gave way is only in the history of this side, which theirs alone would leave behind.
      let addsNothing =
        try tree == theirsTree && !work.hasConflicts
        && !Self.holdsConflicts(ours, beyond: theirs, in: repository)
        && !isElsewhere(ours, beyond: theirs)
      let commit =
        try addsNothing
        ? theirs : writeCommit(tree: tree, parents: [ours, theirs], message: work.message)
      return MergeOutcome(commit: commit, reports: work.reports, setAside: work.setAside)
    }
  }

  /// Whether a remote has something of `commit` that is not in `known`: where this side forgot that it had it, it would come back from
  /// there as if it were new, and what was taken out since would be there again.
  private func isElsewhere(_ commit: ObjectID, beyond known: ObjectID) throws -> Bool {
    for remote in try Set(repository.references(withPrefix: "refs/remotes/").map(\.target))
    where remote != known {
      for base in try repository.mergeBases(commit, remote) where try !repository.isAncestor(base, of: known)
      {
        return true
      }
    }
    return false
  }

  /// Whether there is a merge in `commit`, and not in `known`, in which a value gave way.
  private static func holdsConflicts(
    _ commit: ObjectID, beyond known: ObjectID, in repository: borrowing Repository
  ) throws -> Bool {
    guard let merges = try repository.merges(in: commit, beyond: known, limit: 200) else { return true }
    return try merges.contains { try MergeWork.namesConflicts(repository.commit($0).message) }
  }
}
