public import Registry

/// The records of a service, and the registry that they are.
public struct RecordSet: Sendable {
  /// The record of one project.
  public struct Holding: Equatable, Sendable {
    /// The record that counts.
    public var record: ServiceRecord
    /// What it says by itself.
    public var stated: ProjectSnapshot
    /// Others that are of the same project. Their fields are not looked at.
    public var others: [ServiceRecord] = []
    /// Those among them that we made ourselves and nobody has changed since: a service may carry out a creation long
    /// after it seemed lost, and was made again.
    public var copies: [ServiceRecord] = []
  }

  /// What the service does with records.
  public let form: RecordForm
  /// The records, by the project that they are of.
  public private(set) var holdings: [ProjectID: Holding] = [:]
  /// The registry.
  public private(set) var contents = RegistryContents()
  /// Projects whose records do not say all that is known: the next push puts it there.
  public private(set) var lacking: Set<ProjectID> = []
  /// What a person should know, a sentence each; names as they came.
  public private(set) var reports: [String] = []

  /// Reads records, which come in the order of their numbers. The same records and the same knowledge always make the
  /// same registry.
  public init(
    _ records: [ServiceRecord], _ form: RecordForm, knowing knowledge: LastSeenState = LastSeenState()
  ) {
    self.form = form
    var readings: [ProjectID: [(record: ServiceRecord, stated: ProjectSnapshot, told: RecordReading)]] = [:]
    for record in records {
      let (stated, told) = Self.read(record, form, knowledge)
      if let problem = told.problem {
        reports.append(
          "what dev-infra keeps in the record '\(record.title)' (\(record.number)) cannot be used: \(problem)"
        )
      }
      readings[told.dossier.id, default: []].append((record, stated, told))
    }
    var machineTimes: [MachineID: (String, Int)] = [:]
    for (id, candidates) in readings.sorted(by: { $0.key < $1.key }) {
      let chosen =
        candidates.max { Self.counts(($0.record, $0.told), lessThan: ($1.record, $1.told)) } ?? candidates[0]
      let others = candidates.map(\.record).filter { $0.number != chosen.record.number }
      let copies = form == .plain ? Self.copies(of: chosen, among: candidates) : []
      holdings[id] = Holding(record: chosen.record, stated: chosen.stated, others: others, copies: copies)
      if !copies.isEmpty { lacking.insert(id) }
      let strange = others.filter { other in !copies.contains { $0.number == other.number } }
      if !strange.isEmpty {
        let numbers = strange.map { String($0.number) }.joined(separator: ", ")
        reports.append(
          "the records \(chosen.record.number) and \(numbers) are of one project, '\(chosen.record.title)': the first counts"
        )
      }
      let dossier = chosen.told.dossier
      contents.projects[id] = dossier.project
      if !dossier.checkouts.isEmpty { contents.checkouts[id] = dossier.checkouts }
      if dossier != chosen.stated { lacking.insert(id) }
      report(shownOtherwise: chosen.record, dossier, known: knowledge.dossier(id))
      // A machine's name may differ from record to record while one machine has sent it and another has not.
      for (machine, value) in dossier.machines {
        let time = (chosen.record.updatedAt, chosen.record.number)
        if let known = machineTimes[machine], known >= time { continue }
        machineTimes[machine] = time
        contents.machines[machine] = value
      }
    }
    keepOwn(knowledge)
  }

  /// Tells of each field that the registry shows otherwise than the record has it, when it is first seen so.
  private mutating func report(
    shownOtherwise record: ServiceRecord, _ dossier: ProjectSnapshot, known: ProjectSnapshot?
  ) {
    let fields = record.nativeFields(form)
    for key in NativeFields.keys {
      guard let difference = NativeFields.difference(key, fields[key]) else { continue }
      let value = dossier.project[key]?.string
      guard same(value, NativeFields.taken(key, fields[key])), !same(known?.project[key]?.string, value)
      else {
        continue
      }
      reports.append(
        "the \(key) of the record '\(record.title)' (\(record.number)) \(difference); the record keeps what it has"
      )
    }
  }

  /// What a record says by itself, and with what is known of it.
  private static func read(
    _ record: ServiceRecord, _ form: RecordForm, _ knowledge: LastSeenState
  ) -> (stated: ProjectSnapshot, told: RecordReading) {
    let alone = record.reading(form)
    guard !alone.isOurs else { return (alone.dossier, alone) }
    let identity = knowledge.identity(record)
    let matched = identity.map { ProjectSnapshot(madeElsewhere: record, form, identity: $0) }
    var candidates = [matched?.id ?? alone.dossier.id]
    if let remembered = knowledge.records[record.number], same(remembered.createdAt, record.createdAt) {
      candidates.insert(remembered.project, at: 0)
    }
    // Last time it may have been ours, and its block is gone.
    if let known = candidates.lazy.compactMap({ knowledge.dossier($0) }).first {
      return (alone.dossier, record.reading(form, known: known))
    }
    var told = alone
    if let matched { told.dossier = matched }
    return (alone.dossier, told)
  }

  /// Which of two records of one project counts: one with our data, then the one written later, then the older record.
  private static func counts(
    _ left: (record: ServiceRecord, told: RecordReading),
    lessThan right: (record: ServiceRecord, told: RecordReading)
  ) -> Bool {
    if left.told.isOurs != right.told.isOurs { return right.told.isOurs }
    let times = (written(left), written(right))
    if times.0 != times.1 { return times.0 < times.1 }
    return left.record.number > right.record.number
  }

  /// When what a record tells was written. A day past the service's own time of the record it is not believed.
  private static func written(_ candidate: (record: ServiceRecord, told: RecordReading)) -> Timestamp {
    let said = candidate.told.dossier.project["updated"]?.string.flatMap { Timestamp($0) }
    let latest = Timestamp(
      milliseconds: ServiceRecord.time(candidate.record.updatedAt).milliseconds + 86_400_000)
    return min(said ?? Timestamp(milliseconds: 0), latest)
  }

  /// The records that hold our own data just as we wrote it, of what the record that counts is at least as late as.
  private static func copies(
    of chosen: (record: ServiceRecord, stated: ProjectSnapshot, told: RecordReading),
    among candidates: [(record: ServiceRecord, stated: ProjectSnapshot, told: RecordReading)]
  ) -> [ServiceRecord] {
    func written(_ candidate: (record: ServiceRecord, stated: ProjectSnapshot, told: RecordReading))
      -> String?
    {
      let project = candidate.stated.project
      let isUntouched =
        candidate.told.isOurs && project["updated_by"] != .string(ServiceRecord.otherClients.hex)
      return isUntouched ? project["updated"]?.string : nil
    }
    guard let time = written(chosen) else { return [] }
    return candidates.filter { candidate in
      candidate.record.number != chosen.record.number && written(candidate).map { $0 <= time } ?? false
    }.map(\.record)
  }

  /// Puts back what is this machine's own and no record has.
  private mutating func keepOwn(_ knowledge: LastSeenState) {
    guard let (machine, entry) = knowledge.machine else { return }
    if contents.machines[machine] == nil, let entry { contents.machines[machine] = entry }
    for (id, value) in knowledge.ownCheckouts where contents.checkouts[id]?[machine] == nil {
      contents.checkouts[id, default: [:]][machine] = value
      if contents.projects[id] != nil { lacking.insert(id) }
    }
  }

  /// What to remember of the records for the next time.
  public var remembered: [Int: LastSeenState.Remembered] {
    var result: [Int: LastSeenState.Remembered] = [:]
    for (id, holding) in holdings {
      result[holding.record.number] = LastSeenState.Remembered(
        project: id, createdAt: holding.record.createdAt)
    }
    return result
  }
}
