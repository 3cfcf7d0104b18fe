public import Git
import Registry
import SystemSupport

extension RegistryStore {
  /// Calls `body` with the merge base of two registry commits: their best common ancestor, or, where there are several, a commit
  /// that merges these, as git's `ort` strategy does. It is nil where they have no common history.
  ///
  /// A single one of several lacks what only the others have: a conflict that was settled before would come up again. The merged
  /// commit is dropped when `body` ends; inside a batch it stays unreachable, for git-gc(1).
  public func withMergeBase<Result>(
    _ ours: ObjectID, _ theirs: ObjectID, _ body: (ObjectID?) throws -> Result
  ) throws -> Result {
    try repository.withBatch(.memory) { _ in
      var left = Self.mostBases
      return try body(mergeBase(ours, theirs, left: &left))
    }
  }

  /// The most that are merged for one base. Each may have several of its own again, and a forged history can have any number.
  private static let mostBases = 32

  private func mergeBase(_ ours: ObjectID, _ theirs: ObjectID, left: inout Int) throws -> ObjectID? {
    let bases = try repository.mergeBases(ours, theirs)
    guard var base = bases.first else { return nil }
    for next in bases.dropFirst() {
      if left == 0 { break }
      left -= 1
      let tree = try mergedTree(base, next, from: mergeBase(base, next, left: &left))
      base = try writeCommit(tree: tree, parents: [base, next], message: "Merge bases")
    }
    return base
  }

  /// The merged tree of two bases; what cannot be merged is taken from the first.
  private func mergedTree(_ one: ObjectID, _ other: ObjectID, from base: ObjectID?) throws -> ObjectID {
    let now = Timestamp(milliseconds: Clock.nowMilliseconds)
    let here = Dictionary(try changes(from: base, to: one).changes.map { ($0.path, $0.new) }) { _, last in
      last
    }
    var edits: [TreeEditor.Change] = []
    for change in try changes(from: base, to: other).changes {
      guard let our = here[change.path] else {
        edits.append((change.path, change.new))
        continue
      }
      if our == change.new { continue }
      if case .unknown = change.path { continue }
      do {
        let value = Merge.base(
          change.path.kind, base: try change.old.map { try json($0) }, one: try our.map { try json($0) },
          other: try change.new.map { try json($0) }, now: now)
        edits.append((change.path, try value.map { try repository.writeBlob($0.canonical) }))
      } catch let error as GitError {
        throw error
      } catch {
        // Which of two is the base of an entry that cannot be read does not matter: it is set aside where it is merged.
        continue
      }
    }
    let tree = try repository.commit(one).tree
    do {
      return try TreeEditor.apply(edits, to: tree, in: repository)
    } catch let error as GitError where error.kind == .invalid {
      // Another program's tree, with something that a tree of ours may not have. A merge never takes that, and a base may lack what the
      // other has.
      return tree
    }
  }
}
