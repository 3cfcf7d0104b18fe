public import Registry

/// The records of a service, and the registry that they are.
public struct RecordSet: Sendable {
  /// The record of one project.
  public struct Holding: Equatable, Sendable {
    /// The record that counts.
    public var record: ServiceRecord
    /// What it says by itself.
    public var stated: ProjectSnapshot
    /// Others that we made ourselves and nobody has changed since: a service may carry out a creation long after it
    /// seemed lost, and was made again.
    public var copies: [ServiceRecord] = []
    /// Whether the record has a block that does not go with its fields, and is made anew by the next push.
    public var isOutdated = false
  }

  /// What the service does with records.
  public let form: ServiceFlavor
  /// What ids and digests are.
  public let hash: BlobHash
  /// The records, by the project that they are of.
  public private(set) var holdings: [ProjectID: Holding] = [:]
  /// The registry.
  public private(set) var contents = RegistryContents()
  /// Projects whose records do not say all that is known: the next push puts it there.
  public private(set) var lacking: Set<ProjectID> = []
  /// What a person should know, a sentence each; names as they came.
  public private(set) var reports: [String] = []

  /// Reads records, which come in the order of their numbers. The same records and the same lastSeen always make the
  /// same registry.
  public init(
    _ records: [ServiceRecord], _ form: ServiceFlavor, knowing lastSeen: LastSeenState = LastSeenState(),
    hash: @escaping BlobHash
  ) {
    self.form = form
    self.hash = hash
    var readings: [ProjectID: [Candidate]] = [:]
    for record in records {
      let (stated, told) = Self.read(record, form, lastSeen, hash)
      if let problem = told.problem {
        reports.append(
          "what dev-infra keeps in the record '\(record.title)' (\(record.number)) cannot be used: \(problem)"
        )
      }
      let isKnown = lastSeen.records[record.number].map {
        $0.project == told.snapshot.id && same($0.createdAt, record.createdAt)
      }
      readings[told.snapshot.id, default: []].append(
        Candidate(record: record, stated: stated, told: told, isKnown: isKnown ?? false))
    }
    // A record that says it is another's project, or has its URL or path, is a project of its own.
    for (id, candidates) in readings.sorted(by: { $0.key < $1.key }) where candidates.count > 1 {
      let chosen = candidates.max { Self.counts($0, lessThan: $1) } ?? candidates[0]
      let copies = Set(form == .plain ? Self.copies(of: chosen, among: candidates).map(\.number) : [])
      readings[id] = [chosen] + candidates.filter { copies.contains($0.record.number) }
      for other in candidates where other.record.number != chosen.record.number {
        guard !copies.contains(other.record.number) else { continue }
        let apart = Self.apart(other, form, lastSeen, hash) { readings[$0] != nil }
        if lastSeen.snapshot(apart.told.snapshot.id) == nil {
          reports.append(
            "the record '\(other.record.title)' (\(other.record.number)) has the URL, the path or the Dev-Infra lines "
              + "of '\(chosen.record.title)' (\(chosen.record.number)); it is a project of its own")
        }
        readings[apart.told.snapshot.id] = [apart]
      }
    }
    var machineTimes: [MachineID: (String, Int)] = [:]
    for (id, candidates) in readings.sorted(by: { $0.key < $1.key }) {
      let chosen = candidates[0]
      var holding = Holding(record: chosen.record, stated: chosen.stated)
      holding.copies = candidates.dropFirst().map(\.record)
      holding.isOutdated = chosen.told.isOurs && (!chosen.told.isUntouched || chosen.told.hasNewType)
      holdings[id] = holding
      if !holding.copies.isEmpty || holding.isOutdated { lacking.insert(id) }
      let snapshot = chosen.told.snapshot
      contents.projects[id] = snapshot.project
      if !snapshot.checkouts.isEmpty { contents.checkouts[id] = snapshot.checkouts }
      if snapshot != chosen.stated { lacking.insert(id) }
      report(shownOtherwise: chosen.record, snapshot, known: lastSeen.snapshot(id))
      // A machine's name may differ from record to record while one machine has sent it and another has not.
      for (machine, value) in snapshot.machines {
        let time = (chosen.record.updatedAt, chosen.record.number)
        if let known = machineTimes[machine], known >= time { continue }
        machineTimes[machine] = time
        contents.machines[machine] = value
      }
    }
    keepOwn(lastSeen)
  }

  /// Reports each field that the registry shows differently from the record, when it is first seen so.
  private mutating func report(
    shownOtherwise record: ServiceRecord, _ snapshot: ProjectSnapshot, known: ProjectSnapshot?
  ) {
    let fields = record.nativeFields(form)
    if fields[.name]?.isEmpty ?? true, known != nil, let name = snapshot.project[.name]?.string {
      reports.append(
        "the record \(record.number) has no name any more: the next push gives it '\(name)' again")
    }
    for key in NativeFields.keys {
      guard let difference = NativeFields.difference(key, fields[key]) else { continue }
      let value = snapshot.project[key]?.string
      let taken = NativeFields.taken(key, fields[key])
      // What the service shows in place of what it was sent is unchanged, and so is what was shown so before.
      if taken == nil ? value != nil : !same(value, taken) { continue }
      if let known, same(known.project[key]?.string, value) { continue }
      reports.append(
        "the \(key.rawValue) of the record '\(record.title)' (\(record.number)) \(difference); the record keeps what it has"
      )
    }
  }

  /// What a record says by itself, and with what is known of it.
  private static func read(
    _ record: ServiceRecord, _ form: ServiceFlavor, _ lastSeen: LastSeenState, _ hash: BlobHash
  ) -> (stated: ProjectSnapshot, told: RecordReading) {
    var alone = record.reading(form, hash: hash)
    guard !alone.isOurs else {
      // Its name may have been emptied; what is known tells it.
      if record.fields[.name]?.isEmpty ?? true, let known = lastSeen.snapshot(alone.snapshot.id) {
        alone = record.reading(form, known: known, hash: hash)
      }
      return (alone.snapshot, alone)
    }
    let identity = lastSeen.identity(record)
    let matched = identity.map { ProjectSnapshot(madeElsewhere: record, form, identity: $0, hash: hash) }
    var candidates = [matched?.id ?? alone.snapshot.id]
    var type: String?
    if let remembered = lastSeen.records[record.number], same(remembered.createdAt, record.createdAt) {
      candidates.insert(remembered.project, at: 0)
      type = remembered.projectType
    }
    // Last time it may have been ours, and its block is gone.
    if let known = candidates.lazy.compactMap({ lastSeen.snapshot($0) }).first {
      return (alone.snapshot, record.reading(form, known: known, showing: type, hash: hash))
    }
    var told = alone
    if let matched { told.snapshot = matched }
    return (alone.snapshot, told)
  }

  /// A record, and what it is taken for.
  private struct Candidate {
    let record: ServiceRecord
    /// What it says by itself.
    let stated: ProjectSnapshot
    /// What it says with all that is known.
    var told: RecordReading
    /// Whether it was of the same project when it was last seen.
    let isKnown: Bool
  }

  /// A record that another one of the same project goes before, as a project of its own.
  private static func apart(
    _ candidate: Candidate, _ form: ServiceFlavor, _ lastSeen: LastSeenState, _ hash: BlobHash,
    isTaken: (ProjectID) -> Bool
  ) -> Candidate {
    let record = candidate.record
    let hasURL = record.fields[.remoteURL].map { (try? RemoteURL($0)) != nil } ?? false
    var snapshot: ProjectSnapshot
    var copy = 1
    repeat {
      snapshot = ProjectSnapshot(
        madeElsewhere: record, form, identity: record.ownIdentity(copy).record, isDistinct: hasURL,
        hash: hash)
      copy += 1
    } while isTaken(snapshot.id)
    if let known = lastSeen.snapshot(snapshot.id),
      let changed = try? known.changed(
        by: record, form, showing: lastSeen.records[record.number]?.projectType, hash: hash)
    {
      snapshot = changed
    }
    return Candidate(
      record: record, stated: candidate.stated, told: RecordReading(snapshot: snapshot, isOurs: false),
      isKnown: false)
  }

  /// Which of two records of one project counts: the one that did when they were last seen, else one with our data, and
  /// of these one whose fields are those that it was written with. A copy that a person made and then changed does not
  /// pass for what it was copied from.
  ///
  /// Then, where both are as we wrote them, the one written later, and finally the older record. An edit of either by
  /// another client is no reason to switch to the other.
  private static func counts(_ left: Candidate, lessThan right: Candidate) -> Bool {
    if left.isKnown != right.isKnown { return right.isKnown }
    if left.told.isUntouched != right.told.isUntouched { return right.told.isUntouched }
    if left.told.isOurs != right.told.isOurs { return right.told.isOurs }
    // A copy states the time of its original, whatever the service's own times of the two are.
    if left.told.isUntouched, said(left) != said(right) {
      let times = (written(left), written(right))
      if times.0 != times.1 { return times.0 < times.1 }
    }
    return left.record.number > right.record.number
  }

  /// When what a record tells was written, by its own word.
  private static func said(_ candidate: Candidate) -> Timestamp? {
    candidate.told.snapshot.project[.updated]?.string.flatMap { Timestamp($0) }
  }

  /// As ``said(_:)``; a day past the service's own time of the record it is not believed.
  private static func written(_ candidate: Candidate) -> Timestamp {
    let latest = Timestamp(
      milliseconds: ServiceRecord.time(candidate.record.updatedAt).milliseconds + 86_400_000)
    return min(said(candidate) ?? Timestamp(milliseconds: 0), latest)
  }

  /// The records that hold our own data untouched, and were not written later than the record that counts.
  private static func copies(of chosen: Candidate, among candidates: [Candidate]) -> [ServiceRecord] {
    func written(_ candidate: Candidate) -> String? {
      let project = candidate.stated.project
      let isUntouched =
        candidate.told.isOurs && candidate.told.isUntouched
        && project[.updatedBy] != .string(ServiceRecord.otherClients.hex)
      return isUntouched ? project[.updated]?.string : nil
    }
    guard let time = written(chosen) else { return [] }
    return candidates.filter { candidate in
      // One with a path of its own is not what we sent: the service has each path once.
      candidate.record.number != chosen.record.number && candidate.record.path == nil
        && candidate.record.number > chosen.record.number
        && written(candidate).map { $0 <= time } ?? false
    }.map(\.record)
  }

  /// Puts back what is this machine's own and no record has.
  private mutating func keepOwn(_ lastSeen: LastSeenState) {
    guard let (machine, entry) = lastSeen.machine else { return }
    if contents.machines[machine] == nil, let entry { contents.machines[machine] = entry }
    for (id, value) in lastSeen.ownCheckouts where contents.checkouts[id]?[machine] == nil {
      contents.checkouts[id, default: [:]][machine] = value
      if contents.projects[id] != nil { lacking.insert(id) }
    }
  }

  /// What to remember of the records for the next time.
  public var remembered: [Int: LastSeenState.Remembered] {
    var result: [Int: LastSeenState.Remembered] = [:]
    for (id, holding) in holdings {
      result[holding.record.number] = LastSeenState.Remembered(
        project: id, createdAt: holding.record.createdAt, projectType: holding.record.fields[.projectType])
    }
    return result
  }
}
