import Git
import Registry

/// What a merge has to know of an entry that the other side changed.
struct TheirEntry: Sendable {
  /// The hash of the project's ``ProjectKey``, which it shares with others of the same remote.
  var key: Int?
  /// Of most entries nothing.
  var more: More?

  /// What has to be known of some entries, and is large.
  final class More: Sendable {
    /// All of it, where it is to be merged with what this side has; nil where it was deleted.
    let value: JSON?
    /// All of it, where the bytes are not those that this toolset writes for it: somebody edited it by hand, or another program
    /// wrote it. It is written anew, for what is not canonical does not verify, and a daemon refuses it.
    let rewritten: JSON?
    /// The name and the time of an entry that was written by a clock that is wrong.
    let future: (name: String?, time: String)?

    init(value: JSON?, rewritten: JSON?, future: (name: String?, time: String)?) {
      (self.value, self.rewritten, self.future) = (value, rewritten, future)
    }
  }

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
      entry.key = checked.project?.duplicateKey?.hashValue
      let updated = checked.project?.updated ?? checked.value[.updated]?.string.flatMap { Timestamp($0) }
      let future = updated.flatMap { updated -> (name: String?, time: String)? in
        guard updated.isFarFuture(now: now), let time = checked.value[.updated]?.string else { return nil }
        return (checked.value[.name]?.string, time)
      }
      if isWanted || !checked.isCanonical || future != nil {
        entry.more = More(
          value: isWanted ? checked.value : nil, rewritten: checked.isCanonical ? nil : checked.value,
          future: future)
      }
      return entry
    }
  }
}
