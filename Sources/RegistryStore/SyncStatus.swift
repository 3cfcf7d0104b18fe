import Git
import Registry

/// How the local registry and a remote's, as last seen, stand to each other.
public struct SyncStatus: Sendable {
  /// The remote's name.
  public let remote: String
  /// When its state was last seen, in milliseconds since 1970; nil when never.
  public let lastSeen: Int64?
  /// Whether it had a registry then.
  public let hasRegistry: Bool
  /// How many projects changed here and are not there yet.
  public let toPush: Int
  /// How many projects changed there and are not here yet.
  public let toPull: Int

  /// Whether neither side has anything that the other has not.
  public var isInSync: Bool { hasRegistry && toPush == 0 && toPull == 0 }
}

extension RegistryStore {
  /// Compares main with what a remote had when it was last seen; opens no connection.
  public func status(of branch: RemoteBranch) throws -> SyncStatus {
    let main = try main()
    let theirs = try repository.reference(branch.reference)
    let base = try theirs.flatMap { try repository.mergeBase(main, $0) }
    func changed(_ commit: ObjectID?) throws -> Int {
      guard let commit else { return 0 }
      var ids: Set<String> = []
      for change in try changes(from: base, to: commit).changes where change.path != .format {
        switch change.path {
        case .project(let id), .checkout(_, let id): ids.insert(id.hex)
        case .machine(let id): ids.insert(id.hex)
        case .format: break
        }
      }
      return ids.count
    }
    // What both sides hold alike needs no push and no pull, however they came by it.
    let same = try theirs.map { try repository.commit($0).tree == repository.commit(main).tree } ?? false
    return SyncStatus(
      remote: branch.remote, lastSeen: lastSeen(branch), hasRegistry: theirs != nil,
      toPush: same ? 0 : try changed(main), toPull: same ? 0 : try changed(theirs))
  }
}
