import Git
import Registry

/// What a merge has to know of an entry that the other side changed.
struct TheirEntry: Sendable {
  /// What a project has in common with others of the same remote.
  var key: ProjectKey?
  /// All of it, where it is to be merged with what this side has; nil where it was deleted.
  var value: JSON?
  /// All of it, where the bytes are not those that this toolset writes for it: somebody edited it by hand, or another program
  /// wrote it. It is written anew, for what is not canonical does not verify, and a daemon refuses it.
  var rewritten: JSON?
  /// The name and the time of an entry that was written by a clock that is wrong.
  var future: (name: String?, time: String)?

  /// Reads and checks an entry, as ``RegistryStore/checkedEntry(_:at:)`` does it. What is carried on as it is, and what is gone,
  /// is not read.
  ///
  /// - Parameter isWanted: whether the value is handed over, too. Of a large registry not all are held at a time.
  static func read(
    _ change: TreeChange, now: Timestamp, isWanted: Bool, in repository: borrowing Repository
  ) -> Result<TheirEntry, any Error> {
    guard let blob = change.new, change.path.kind != .unknown, change.path != .format else {
      return .success(TheirEntry())
    }
    return Result {
      let checked = try RegistryStore.checkedEntry(blob, at: change.path, in: repository)
      var entry = TheirEntry()
      if isWanted { entry.value = checked.value }
      if !checked.isCanonical { entry.rewritten = checked.value }
      entry.key = checked.project?.duplicateKey
      let updated = checked.project?.updated ?? checked.value[.updated]?.string.flatMap { Timestamp($0) }
      if let updated, updated.isFarFuture(now: now), let time = checked.value[.updated]?.string {
        entry.future = (checked.value[.name]?.string, time)
      }
      return entry
    }
  }
}
