import Git
import ByteStrings
import Registry

extension RegistryStore {
  /// What this machine had written and another machine's merge gave up for what was written elsewhere at the same
  /// time. A change that was made knowing this machine's is not among them: it is a change like any other.
  ///
  /// - Parameters:
  ///   - changes: what differs between `base` and `theirs`.
  ///   - base: what this machine and the other side have in common.
  ///   - theirs: the other side, with the merges that were made there.
  func valuesLost(_ changes: [TreeChange], since base: ObjectID, in theirs: ObjectID) throws
    -> [MergeReport]
  {
    let candidates = changes.filter { change in
      if case .project = change.path { return change.old != nil && change.new != nil }
      return false
    }
    // Without a merge every writer knew of the earlier values. Nobody follows a history with more merges than the
    // limit.
    guard !candidates.isEmpty, let merges = try repository.merges(in: theirs, beyond: base, limit: 200),
      !merges.isEmpty
    else { return [] }
    var reports: [MergeReport] = []
    for change in candidates {
      // A fault in the other side's entry is reported where the entry is set aside.
      guard let old = change.old, let new = change.new, let now = try? checkedJSON(new, at: change.path)
      else { continue }
      let mine = try json(old)
      guard mine[.updatedBy]?.string == machine.id.hex, let fields = mine.object else { continue }
      for (field, value) in fields.sortedByKey()
      where !FieldKey.isStamp(field) && now[field] != value {
        for merge in merges {
          guard let winner = try winner(over: value, of: field, at: change.path, in: merge) else { continue }
          let name = (now[.name] ?? mine[.name])?.string ?? change.path.path
          let whose = winner[.updatedBy]?.string.flatMap { MachineID($0) }.flatMap { id in
            (try? self.machine(id, in: theirs))?.name
          }
          reports.append(.valueLost(name: name, field: field, ours: value, taken: winner[field], by: whose))
          break
        }
      }
    }
    return reports
  }

  /// The entry of the side that won where a merge had to decide between `value` and another one; nil where it had not.
  private func winner(
    over value: JSON, of field: String, at path: EntryPath, in merge: ObjectID
  ) throws -> JSON? {
    let parents = try repository.commit(merge).parents
    guard parents.count == 2 else { return nil }
    func entry(_ commit: ObjectID) throws -> JSON? { try blob(at: path, in: commit).map { try json($0) } }
    let sides = [try entry(parents[0]), try entry(parents[1])]
    guard let lost = sides.firstIndex(where: { $0?[field] == value }), let winner = sides[1 - lost],
      winner[field] != value, try entry(merge)?[field] == winner[field]
    else { return nil }
    return try withMergeBase(parents[0], parents[1]) { base in
      guard let base else { return nil }
      let before = try entry(base)?[field]
      return before != value && before != winner[field] ? winner : nil
    }
  }
}
