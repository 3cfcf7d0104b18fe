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
    let ours = try changes(from: base, to: main).changes
    let others = try theirs.map { try changes(from: base, to: $0).changes } ?? []
    return SyncStatus(
      remote: branch.remote, lastSeen: lastSeen(branch), hasRegistry: theirs != nil,
      toPush: Self.count(ours, beside: others), toPull: Self.count(others, beside: ours))
  }

  /// How many projects one side changed, without those that the other changed to the same.
  private static func count(_ changes: [TreeChange], beside others: [TreeChange]) -> Int {
    var alike: [EntryPath: ObjectID?] = [:]
    for other in others { alike[other.path] = .some(other.new) }
    var ids: Set<ProjectID> = []
    for change in changes where alike[change.path] != .some(change.new) {
      switch change.path {
      case .project(let id), .checkout(_, let id): ids.insert(id)
      case .machine, .format, .unknown: break
      }
    }
    return ids.count
  }
}
