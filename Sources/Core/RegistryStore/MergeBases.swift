public import Git
import Registry
import SystemSupport

extension RegistryStore {
  /// Calls `body` with what two registry commits have in common: their best common ancestor, and where there are several of
  /// these, a commit in which they are merged, as git's `ort` strategy does. It is nil where they have no common history.
  ///
  /// One of several alone lacks what only the others have, so that a change that was made knowing that would meet it once more, as
  /// if nobody had. The commit that is made of them goes when `body` ends; inside a batch it stays unreachable, for git-gc(1).
  public func withMergeBase<Result>(
    _ ours: ObjectID, _ theirs: ObjectID, _ body: (ObjectID?) throws -> Result
  ) throws -> Result {
    try repository.withBatch(.memory) { _ in
      var left = Self.mostBases
      return try body(mergeBase(ours, theirs, left: &left))
    }
  }

  /// The most that are merged for one base. Each may have several of its own again, and a history that somebody made up has as many
  /// as he likes.
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

  /// The tree of two bases, where what cannot be merged is the first one's.
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
      // A tree of another's that has in it what none of ours may have. A merge never takes that, and a base may lack what the other has.
      return tree
    }
  }
}
