import Git
import Registry

/// What a merge has to know of an entry that the other side changed.
struct TheirEntry: Sendable {
  /// What a project has in common with others of the same remote.
  var key: ProjectKey?
  /// All of it, where it is to be merged with what this side has, or to be written anew; nil where it was deleted.
  var value: JSON?
  /// Whether it is a project whose file is to be written anew: its form is not the canonical one, as after an edit by hand. A
  /// machine's own files are for that machine to write.
  var isToBeRewritten = false
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
      entry.isToBeRewritten = checked.project != nil && !checked.isCanonical
      if isWanted || entry.isToBeRewritten { entry.value = checked.value }
      entry.key = checked.project?.duplicateKey
      let updated = checked.project?.updated ?? checked.value[.updated]?.string.flatMap { Timestamp($0) }
      if let updated, updated.isFarFuture(now: now), let time = checked.value[.updated]?.string {
        entry.future = (checked.value[.name]?.string, time)
      }
      return entry
    }
  }
}
