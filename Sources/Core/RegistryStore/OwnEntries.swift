public import Git
import ByteStrings
import Registry

/// Only a machine itself writes below its own name, `machines/<M>/`: where its checkouts are decides which directories are
/// read here, and what of them is published.
///
/// The one exception is that all of it may go: another machine takes out one that is no more, see `RegistryStore+Machines`.
extension RegistryStore {
  /// The commits that are looked through for what this machine wrote once.
  private static let historyLimit = 1000

  /// What main had at these paths before, along its first parents: each of them was made on this machine, or was taken
  /// over when it said the same.
  func ownHistory(of commit: ObjectID, at paths: Set<EntryPath>) throws -> [EntryPath: Set<ObjectID>] {
    var found: [EntryPath: Set<ObjectID>] = [:]
    var next: ObjectID? = commit
    var seen: Set<ObjectID> = []
    for _ in 0..<Self.historyLimit {
      guard let commit = next else { break }
      let information = try repository.commit(commit)
      next = information.parents.first
      guard let folder = try ownFolder(in: information.tree), seen.insert(folder).inserted else { continue }
      var lookup = try lookup(in: commit)
      for path in paths {
        if let blob = try blob(at: path, by: &lookup) { found[path, default: []].insert(blob) }
      }
    }
    return found
  }

  /// The tree of this machine's own directory.
  private func ownFolder(in tree: ObjectID) throws -> ObjectID? {
    var id = tree
    for name in ["machines", machine.id.hex] {
      guard let entry = try repository.entry(name, in: id), entry.mode == TreeEntry.directory else {
        return nil
      }
      id = entry.id
    }
    return id
  }

  /// The entries below this machine's own name that a commit has otherwise than `earlier`, and that do not follow from
  /// what became of the projects: a checkout goes with its project, and is another's once two projects were made one. Where
  /// the commit has nothing of this machine any more it was taken out, which anybody may do.
  ///
  /// - Parameter main: what this machine wrote on the way to it is its own still; nil for none of that.
  func foreignEntries(
    in commit: ObjectID, since earlier: ObjectID, besideHistoryOf main: ObjectID?
  ) throws -> [EntryPath] {
    let own = try changes(from: earlier, to: commit).changes.filter { $0.path.owner == machine.id }
    guard !own.isEmpty, try ownFolder(in: repository.commit(commit).tree) != nil else { return [] }
    var released: [Checkout] = []
    for case .checkout(_, let id) in own.map(\.path) {
      guard try blob(at: .project(id), in: commit) == nil else { continue }
      if let checkout = try checkout(id, of: machine.id, in: earlier) { released.append(checkout) }
    }
    var strange = try own.filter { change in
      guard case .checkout(_, let id) = change.path else { return true }
      let isThere = try blob(at: .project(id), in: commit) != nil
      guard let new = change.new else { return isThere }
      guard isThere, let checkout = try? Checkout(json: json(new)) else { return true }
      let known = released + [try change.old.map { try Checkout(json: json($0)) }].compactMap { $0 }
      return !checkout.paths.allSatisfy { path in known.contains { $0.paths.contains(path) } }
        || !checkout.remotes.allSatisfy { name, url in
          known.contains { $0.remotes[name]?.hasSameBytes(as: url) ?? false }
        }
    }
    if let main, !strange.isEmpty {
      let former = try ownHistory(of: main, at: Set(strange.map(\.path)))
      strange.removeAll { change in change.new.map { former[change.path]?.contains($0) ?? false } ?? false }
    }
    return strange.map(\.path).sorted()
  }

  /// Checks that main may move to a commit that was made elsewhere, or by other means than ``merge(ours:theirs:strategy:lost:theirName:)``.
  ///
  /// - Throws: ``RegistryStoreError/changesOwnEntries(_:_:more:)``.
  public func requireOwnEntries(in commit: ObjectID) throws {
    let main = try main()
    guard try !repository.isAncestor(commit, of: main) else { return }
    let foreign = try foreignEntries(in: commit, since: main, besideHistoryOf: main)
    guard let first = foreign.first else { return }
    throw RegistryStoreError.changesOwnEntries(commit, first, more: foreign.count - 1)
  }
}
