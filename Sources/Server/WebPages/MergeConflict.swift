import ByteStrings
import Git
import Registry
import RegistryStore

/// Where two machines had changed the same field of a project, and a merge had to take one value.
enum MergeConflict {
  /// Commits among which the last merge is looked for, and projects that are compared.
  private static let commitLimit = 200
  private static let projectLimit = 500

  /// The fields that both sides have changed, and differently.
  static func keys(_ left: JSON.Members, _ right: JSON.Members, _ base: JSON.Members) -> [String] {
    (Array(left.keys) + Array(right.keys)).sortedUniqueByBytes().filter { key in
      !FieldKey.isStamp(key) && left[key] != right[key] && left[key] != base[key] && right[key] != base[key]
    }
  }

  /// The projects in which the last merge of main had to decide.
  static func projects(ofLastMergeIn store: borrowing RegistryStore) throws -> Set<String> {
    var parents: [ObjectID] = []
    try store.repository.walk(from: [store.main()], limit: commitLimit) { commit in
      if commit.parents.count == 2 { parents = commit.parents }
      return parents.isEmpty
    }
    guard parents.count == 2 else { return [] }
    return try store.withMergeBase(parents[0], parents[1]) { base in
      try base.map { try projects(parents[0], parents[1], since: $0, in: store) } ?? []
    }
  }

  private static func projects(
    _ one: ObjectID, _ two: ObjectID, since base: ObjectID, in store: borrowing RegistryStore
  ) throws -> Set<String> {
    func changed(_ side: ObjectID) throws -> [ProjectID: ObjectID] {
      var blobs: [ProjectID: ObjectID] = [:]
      for change in try store.entryChanges(from: base, to: side) {
        if case .project(let id) = change.path, let blob = change.blob { blobs[id] = blob }
      }
      return blobs
    }
    let (left, right) = (try changed(one), try changed(two))
    var found: Set<String> = []
    for (id, blob) in left.filter({ right[$0.key] != nil }).prefix(projectLimit) {
      guard let other = right[id], other != blob, let common = try store.blob(at: .project(id), in: base),
        let ours = try? store.value(of: blob, at: .project(id)).object,
        let theirs = try? store.value(of: other, at: .project(id)).object,
        let before = try? store.value(of: common, at: .project(id)).object
      else { continue }
      if !keys(ours, theirs, before).isEmpty { found.insert(id.hex) }
    }
    return found
  }
}
