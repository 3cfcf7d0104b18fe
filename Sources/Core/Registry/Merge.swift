import ByteStrings

/// What decides where both sides changed one thing differently.
public enum MergeStrategy: String, NamedValue {
  /// The side whose entry was written later; ours on a tie or where it is not known. Where both sides have the same last write,
  /// earlier merges decided differently: then both sides take the same value, whichever of them is ours.
  case lastWrite = "last-write"
  /// Our side.
  case ours
  /// Their side.
  case theirs
}

/// One of the two that are merged.
public enum MergeSide: Hashable, Sendable {
  /// The local side.
  case ours
  /// The other side.
  case theirs
}

/// Something that both sides changed, differently.
public struct FieldConflict: Equatable, Sendable {
  /// The key, or `remotes.NAME`, `paths.PATH`; empty for an entry as a whole.
  public let field: String
  /// Our value; nil where we removed it.
  public let ours: JSON?
  /// Their value; nil where they removed it.
  public let theirs: JSON?
  /// Whose value the result has.
  public let taken: MergeSide
}

/// What became of one entry.
public struct MergeResult: Equatable, Sendable {
  /// The entry; nil where it is deleted.
  public var value: JSON?
  /// What had to be decided, in the order of the fields' bytes.
  public var conflicts: [FieldConflict] = []
  /// Whether one side deleted the entry and it was kept because the other changed it.
  public var deletionOverruled = false
}

/// Three-way merging of the registry's files, on JSON values, so that keys of newer versions merge as well.
///
/// What only one side changed is taken, what both changed alike is kept, and what both changed differently goes to
/// the side whose entry was written later. Tags merge as a set; remotes and paths of a checkout one by one.
///
/// **The result's `updated`** is the later of the two, with its `updated_by`, whichever won. `updated` is one
/// number for all fields of an entry, so no choice ranks every field right against a third version; this one errs
/// least. It never goes back, so that a write made after seeing the merge outranks all that went into it, which is
/// the promise that ``Timestamp/following(_:now:)`` gives. It is the same in whatever order versions meet. And were
/// it less, the newest write of all, once merged with an older one, could lose to something older on a third
/// machine. What remains: a field written at 5, merged with another field written at 10, ranks as 10 against a
/// third machine's concurrent write of it at 7. That is a conflict either way: it is reported, both values stay in
/// history, and every machine ends the same.
///
/// **A time more than a day ahead is not believed**: it ranks below every time that can be, and the next write has this
/// machine's own again. What a wrong clock wrote is taken where nobody else wrote, and gives way where somebody did.
public enum Merge {
  /// Merges one file.
  ///
  /// - Parameters:
  ///   - kind: what the file holds.
  ///   - base: the file at the merge base; nil where it is not there.
  ///   - ours: the local side's; nil where it is not there.
  ///   - theirs: the other side's; nil where it is not there.
  ///   - strategy: who wins conflicts. It decides nothing else: changed beats deleted, always, unless nothing was changed
  ///     but what a machine reads from a repository by itself.
  ///   - now: this machine's time, beyond which an entry's own is not believed; see ``Timestamp/isLater(than:now:)``.
  public static func entry(
    _ kind: EntryPath.Kind, base: JSON?, ours: JSON?, theirs: JSON?, strategy: MergeStrategy = .lastWrite,
    now: Timestamp
  ) -> MergeResult {
    if ours == theirs || base == theirs { return MergeResult(value: ours) }
    if base == ours { return MergeResult(value: theirs) }
    guard let ours, let theirs else {
      let kept = ours ?? theirs
      if kind == .project, let base, let kept, base.saysWhatPeopleSay(in: kept) {
        return MergeResult(value: nil)
      }
      return MergeResult(value: kept, deletionOverruled: true)
    }
    var merger = EntryMerger(kind: kind, winner: winner(ours, theirs, strategy, now), now: now)
    return merger.merge(base: base ?? defaults(kind), ours: ours, theirs: theirs)
  }

  /// Merges a file of two common ancestors of one merge, to be that merge's base.
  ///
  /// A field in which they differ has no value that both sides began with: it is null there, which is the value of neither, so that
  /// sides that decided it differently meet as a conflict. It is what git writes conflict markers into a base for.
  ///
  /// - Parameters:
  ///   - base: the file at the merge base of the two; nil where it is not there.
  ///   - one: the file of one ancestor; nil where it is not there.
  ///   - other: the file of the other; nil where it is not there.
  ///   - now: this machine's time, as in ``entry(_:base:ours:theirs:strategy:now:)``.
  public static func base(
    _ kind: EntryPath.Kind, base: JSON?, one: JSON?, other: JSON?, now: Timestamp
  ) -> JSON? {
    if one == other || base == other { return one }
    if base == one { return other }
    guard let one, let other else { return one ?? other }
    var merger = EntryMerger(kind: kind, winner: nil, now: now)
    return merger.merge(base: base ?? defaults(kind), ours: one, theirs: other).value
  }

  /// What stands in for the base of an entry that both sides made: the values that an entry has before anybody sets
  /// one. So a status that was set on one machine is not lost to another that merely registered the project later.
  private static func defaults(_ kind: EntryPath.Kind) -> JSON? {
    kind == .project ? .object([FieldKey.status.rawValue: .string(ProjectStatus.active.rawValue)]) : nil
  }

  private static func winner(
    _ ours: JSON, _ theirs: JSON, _ strategy: MergeStrategy, _ now: Timestamp
  ) -> MergeSide {
    switch strategy {
    case .ours: return .ours
    case .theirs: return .theirs
    case .lastWrite:
      guard let our = ours.updated, let their = theirs.updated else { return .ours }
      if our == their, let writer = ours[.updatedBy], writer == theirs[.updatedBy] {
        return ours.canonical.lexicographicallyPrecedes(theirs.canonical) ? .theirs : .ours
      }
      return their.isLater(than: our, now: now) ? .theirs : .ours
    }
  }
}

extension JSON {
  /// When an entry says that it was written.
  fileprivate var updated: Timestamp? { self[.updated]?.string.flatMap { Timestamp($0) } }

  /// What a machine reads from a repository, where nobody asked it to.
  private static let read: [FieldKey] =
    [.defaultBranch, .remoteURL, .rootCommit, .subdirectory] + FieldKey.stamp

  /// Whether two entries differ in nothing but what is read from a repository.
  fileprivate func saysWhatPeopleSay(in other: JSON) -> Bool {
    guard var one = object, var two = other.object else { return false }
    for key in Self.read {
      one[key] = nil
      two[key] = nil
    }
    return one == two
  }
}

/// The merge of one entry that both sides changed.
private struct EntryMerger {
  let kind: EntryPath.Kind
  /// Who wins conflicts; nil where nobody does and the value is null.
  let winner: MergeSide?
  let now: Timestamp
  var conflicts: [FieldConflict] = []

  init(kind: EntryPath.Kind, winner: MergeSide?, now: Timestamp) {
    self.kind = kind
    self.winner = winner
    self.now = now
  }

  mutating func merge(base: JSON?, ours: JSON, theirs: JSON) -> MergeResult {
    guard let our = ours.object, let their = theirs.object else {
      let value = decide("", ours, theirs)
      return MergeResult(value: value, conflicts: conflicts)
    }
    let old = base?.object ?? [:]
    var merged = members(old, our, their) { merger, key, base, ours, theirs in
      merger.field(key, base: base, ours: ours, theirs: theirs)
    }
    if kind == .project {
      let source = later(ours, theirs) == .ours ? our : their
      for field in FieldKey.stamp { merged[field] = source[field] }
    }
    // A checkout without a path is removed.
    if kind == .checkout, merged["paths"]?.array?.isEmpty == true {
      return MergeResult(value: nil, conflicts: conflicts)
    }
    return MergeResult(value: .object(merged), conflicts: conflicts)
  }

  /// The side that wrote last, by the entries' own word; on a tie the one that wins conflicts.
  private func later(_ ours: JSON, _ theirs: JSON) -> MergeSide {
    switch (ours.updated, theirs.updated) {
    case (let our?, let their?):
      our == their ? winner ?? .ours : our.isLater(than: their, now: now) ? .ours : .theirs
    case (nil, _?): .theirs
    case (_?, nil): .ours
    case (nil, nil): winner ?? .ours
    }
  }

  private typealias FieldMerge = (inout EntryMerger, String, JSON?, JSON?, JSON?) -> JSON?

  /// Merges three objects member by member, in the order of the names' bytes.
  private mutating func members(
    _ base: JSON.Members, _ ours: JSON.Members, _ theirs: JSON.Members, _ merge: FieldMerge
  ) -> JSON.Members {
    var merged: JSON.Members = [:]
    let names = [base.keys, ours.keys, theirs.keys].joined().sortedUniqueByBytes()
    for name in names {
      let value: JSON?
      if ours[name] == theirs[name] || base[name] == theirs[name] {
        value = ours[name]
      } else if base[name] == ours[name] {
        value = theirs[name]
      } else {
        value = merge(&self, name, base[name], ours[name], theirs[name])
      }
      if let value { merged[name] = value }
    }
    return merged
  }

  /// A field that both sides changed, differently.
  private mutating func field(_ key: String, base: JSON?, ours: JSON?, theirs: JSON?) -> JSON? {
    switch kind {
    case .project: projectField(key, base: base, ours: ours, theirs: theirs)
    case .checkout: checkoutField(key, base: base, ours: ours, theirs: theirs)
    default: decide(key, ours, theirs)
    }
  }

  private mutating func projectField(_ key: String, base: JSON?, ours: JSON?, theirs: JSON?) -> JSON? {
    switch FieldKey(rawValue: key) {
    case .updated, .updatedBy: return nil  // set as a pair by the caller
    case .tags: return tags(key, base: base, ours: ours, theirs: theirs)
    case .created where base == nil:
      // Two machines registered one project independently: the earlier date is right, and there is no conflict
      // to report.
      guard let our = ours?.string.flatMap({ CalendarDate($0) }),
        let their = theirs?.string.flatMap({ CalendarDate($0) })
      else { break }
      return our <= their ? ours : theirs
    default: break
    }
    return decide(key, ours, theirs)
  }

  private mutating func checkoutField(_ key: String, base: JSON?, ours: JSON?, theirs: JSON?) -> JSON? {
    switch key {
    case "paths": return paths(base: base, ours: ours, theirs: theirs)
    case "remotes":
      guard let our = ours?.object, let their = theirs?.object else { break }
      let merged = members(base?.object ?? [:], our, their) { merger, name, _, ours, theirs in
        merger.decide("remotes.\(name)", ours, theirs)
      }
      return merged.count <= Limits.places ? .object(merged) : decide(key, ours, theirs)
    default: break
    }
    return decide(key, ours, theirs)
  }

  private mutating func decide(_ field: String, _ ours: JSON?, _ theirs: JSON?) -> JSON? {
    guard let winner else { return .null }
    conflicts.append(FieldConflict(field: field, ours: ours, theirs: theirs, taken: winner))
    return winner == .ours ? ours : theirs
  }

  private mutating func tags(_ key: String, base: JSON?, ours: JSON?, theirs: JSON?) -> JSON? {
    guard let old = Self.strings(base), let our = Self.strings(ours), let their = Self.strings(theirs) else {
      return decide(key, ours, theirs)
    }
    let merged = our.intersection(their).union(our.subtracting(old)).union(their.subtracting(old))
    // Each side alone keeps to the limit; together they need not.
    if merged.count > Limits.tags { return decide(key, ours, theirs) }
    let sorted = merged.sorted { $0.lexicographicallyPrecedes($1) }
    return sorted.isEmpty ? nil : .array(sorted.map { .string(String(decoding: $0, as: UTF8.self)) })
  }

  /// The strings of an array as bytes; none where the key is absent, nil for anything else.
  private static func strings(_ value: JSON?) -> Set<[UInt8]>? {
    guard let value else { return [] }
    guard let items = value.array else { return nil }
    var strings: Set<[UInt8]> = []
    for item in items {
      guard let text = item.string else { return nil }
      strings.insert(Array(text.utf8))
    }
    return strings
  }

  private mutating func paths(base: JSON?, ours: JSON?, theirs: JSON?) -> JSON? {
    guard let old = Self.byPath(base), let our = Self.byPath(ours), let their = Self.byPath(theirs) else {
      return decide("paths", ours, theirs)
    }
    var merged: [JSON] = []
    let names = Set(old.keys).union(our.keys).union(their.keys).sorted { $0.lexicographicallyPrecedes($1) }
    for name in names {
      let value: JSON?
      if our[name] == their[name] || old[name] == their[name] {
        value = our[name]
      } else if old[name] == our[name] {
        value = their[name]
      } else {
        value = decide("paths.\(String(decoding: name, as: UTF8.self))", our[name], their[name])
      }
      // A path that two bases have differently is not in their base.
      if let value, value != .null { merged.append(value) }
    }
    return merged.count <= Limits.places ? .array(merged) : decide("paths", ours, theirs)
  }

  /// The items of a checkout's paths by their path's text; nil where they have another form.
  private static func byPath(_ value: JSON?) -> [[UInt8]: JSON]? {
    guard let value else { return [:] }
    guard let items = value.array else { return nil }
    var byPath: [[UInt8]: JSON] = [:]
    for item in items {
      guard let text = item["path"]?.string, byPath.updateValue(item, forKey: Array(text.utf8)) == nil else {
        return nil
      }
    }
    return byPath
  }
}
