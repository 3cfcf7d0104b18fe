import Registry

/// What has to be sent for a service's records to be a registry.
public struct PushPlan: Sendable {
  /// Projects without a record, by id.
  public private(set) var creations: [ProjectSnapshot] = []
  /// Records that say something else, by the project's id.
  public private(set) var changes: [(record: ServiceRecord, snapshot: ProjectSnapshot)] = []
  /// Records of projects that are not in the registry, by number. Only ones that the set has, and so the pusher saw.
  public private(set) var deletions: [ServiceRecord] = []

  /// The difference between what the records say and what they are to say.
  public init(from set: RecordSet, to contents: RegistryContents) {
    var left = set.holdings
    var homeless: [ProjectSnapshot] = []
    for (_, snapshot) in contents.snapshots.sorted(by: { $0.key < $1.key }) {
      guard let holding = left.removeValue(forKey: snapshot.id) else {
        homeless.append(snapshot)
        continue
      }
      if holding.stated != snapshot || holding.isOutdated { changes.append((holding.record, snapshot)) }
      deletions += holding.copies
    }
    // A project that got another id keeps its record, which other clients may know by its number. A service that keeps
    // metadata keeps the id as well, and a record of it is that project's for ever.
    var byKey: [ProjectKey: ProjectID] = [:]
    for id in left.keys.sorted(by: >) where set.form == .plain {
      if let key = left[id].flatMap({ try? Project(json: $0.stated.project) })?.duplicateKey {
        byKey[key] = id
      }
    }
    for snapshot in homeless {
      if let key = (try? Project(json: snapshot.project))?.duplicateKey,
        let id = byKey.removeValue(forKey: key),
        let holding = left.removeValue(forKey: id)
      {
        changes.append((holding.record, snapshot))
        deletions += holding.copies
      } else {
        creations.append(snapshot)
      }
    }
    for holding in left.values { deletions += [holding.record] + holding.copies }
    deletions.sort { $0.number < $1.number }
  }

  /// How many records are to be sent.
  public var count: Int { creations.count + changes.count + deletions.count }
}
