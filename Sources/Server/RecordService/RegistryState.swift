import Git
import NIOCore
import Registry
import SystemSupport

/// The records of a registry at one commit, and the indexes that changes are checked by.
///
/// Entries are not kept: a record has the names of its blobs, and they are read again when it changes.
struct RegistryState: Sendable {
  private(set) var table = RecordTable()
  private(set) var numbers = PartedDictionary<ProjectID, Int>()
  private(set) var machines: [MachineID: JSON] = [:]
  private var claims = PathOwnership()
  private var urls = PartedDictionary<String, Int>()
  /// The records of what could be one project, by what they have in common.
  private var keys = PartedDictionary<ProjectKey, Set<Int>>()
  private var checkoutCounts: [MachineID: Int] = [:]
  private var carrier: (id: ProjectID, machines: [MachineID])?
  /// The smallest project id; nil where there is none, or it is not known any more.
  private var least: ProjectID?
  /// Records that have to be made again, because what they show of others has changed.
  private var stale: Set<Int> = []
  /// Machines whose own records are others since.
  private var changedMachines: Set<MachineID> = []
  /// What the journal has to record.
  private(set) var unsaved: [ProjectID: NumberJournal.Item?] = [:]
  /// Whether that has to be on disk before anybody is told.
  private(set) var isUrgent = false

  /// Reads the entries of records, and hands some over at a time; one whose entries cannot be read is left out, and stays as it is.
  typealias Reading = (
    _ sources: [RecordSource], _ take: ([(source: RecordSource, entries: RecordEntries)]) throws -> Void
  ) throws -> Void

  /// The record that has a path; nil where none has.
  func holder(of path: String) -> Int? { claims.holder(of: path) }

  /// Whether some record has this URL, to the letter.
  func has(url: String) -> Bool { urls[url] != nil }

  /// Whether a record besides this one has a key.
  func has(key: ProjectKey, besides number: Int?) -> Bool { keys[key]?.contains { $0 != number } ?? false }

  /// What a record is made from: entries that have just been read or made, and what the service itself knows of it.
  struct Part: Sendable {
    let entries: RecordEntries
    var source: RecordSource
    var item: NumberJournal.Item
  }

  /// Puts a record in its place.
  mutating func put(_ entries: RecordEntries, _ source: RecordSource, as item: NumberJournal.Item) {
    put([Part(entries: entries, source: source, item: item)])
  }

  /// Puts records in their places. The record of each is made behind all of them, of many by as many threads as help.
  mutating func put(_ parts: [Part]) {
    var parts = parts
    for number in parts.indices { enter(&parts[number]) }
    for record in made(of: parts) {
      table.put(record)
      // Made behind all claims, also those by which it was stale.
      stale.remove(record.number)
    }
  }

  private func made(of parts: [Part]) -> [Record] {
    guard parts.count > Self.worthThreads else { return parts.map { record($0.entries, $0.source, $0.item) } }
    return Parallel.map(parts) { record($0.entries, $0.source, $0.item) }
  }

  /// Records whose making takes longer than to start a thread.
  private static let worthThreads = 100

  /// Has a record found by what it has now, before it is made.
  private mutating func enter(_ part: inout Part) {
    var (source, item) = (part.source, part.item)
    let entries = part.entries
    source.given = item.path
    item.whole = item.whole.fitting(entries.project)
    source.whole = item.whole
    source.suggested = RecordMapping.suggestedPath(entries)
    source.key = entries.project.duplicateKey
    let former = table[item.number]
    if former == nil || former?.source?.given != item.path || former?.source?.whole != item.whole {
      isUrgent = true
    }
    index(
      item.number, (former?.values.remoteURL, former?.source?.key),
      by: (entries.project.remoteURL, source.key))
    count(former?.source?.checkouts ?? [:], -1)
    count(source.checkouts, 1)
    if numbers[source.id] != item.number {
      numbers[source.id] = item.number
      least = least.map { min($0, source.id) }
    }
    stale.formUnion(claims.replace(item.number, former?.source?.claim, by: source.claim))
    unsaved[source.id] = .some(item)
    (part.source, part.item) = (source, item)
  }

  /// Takes a project's record out.
  ///
  /// - Parameter isGone: whether the project is; else the number waits for it.
  mutating func remove(_ id: ProjectID, isGone: Bool = true) {
    guard let number = numbers[id] else { return }
    release(number: id)
    let former = table[number]
    index(number, (former?.values.remoteURL, former?.source?.key), by: (nil, nil))
    count(former?.source?.checkouts ?? [:], -1)
    stale.formUnion(claims.replace(number, former?.source?.claim, by: nil))
    table.remove(number)
    guard isGone else { return }
    unsaved[id] = .some(nil)
    isUrgent = true
  }

  /// Frees the number that a project has, for another id of the same project.
  mutating func release(_ id: ProjectID) {
    release(number: id)
    unsaved[id] = .some(nil)
    isUrgent = true
  }

  /// Has the journal drop a project that is not there.
  mutating func forgetNumber(of id: ProjectID) { unsaved[id] = .some(nil) }

  private mutating func release(number id: ProjectID) {
    numbers[id] = nil
    if least == id { least = nil }
  }

  /// Has a record found by what it has now, and no longer by what it had. What is the same stays as it is: a change copies.
  private mutating func index(
    _ number: Int, _ former: (url: String?, key: ProjectKey?), by now: (url: String?, key: ProjectKey?)
  ) {
    if former.url != now.url {
      if let url = former.url, let count = urls[url] { urls[url] = count > 1 ? count - 1 : nil }
      if let url = now.url { urls[url] = (urls[url] ?? 0) + 1 }
    }
    if former.key != now.key {
      if let key = former.key {
        keys[key]?.remove(number)
        if keys[key]?.isEmpty ?? false { keys[key] = nil }
      }
      if let key = now.key { keys[key] = (keys[key] ?? []).union([number]) }
    }
  }

  private mutating func count(_ checkouts: [MachineID: ObjectID], _ step: Int) {
    for machine in checkouts.keys { checkoutCounts[machine, default: 0] += step }
  }

  /// Takes notice of a machine's own record; nil for one that is gone.
  mutating func putMachine(_ id: MachineID, _ value: JSON?) {
    guard machines[id] != value else { return }
    machines[id] = value
    changedMachines.insert(id)
  }

  /// Has the records made again that show what machines said of themselves before: in one walk, for all of them. Those that are put
  /// behind it need not be.
  mutating func takeChangedMachines() {
    if changedMachines.isEmpty { return }
    let changed = changedMachines
    changedMachines = []
    for record in table.records {
      guard let checkouts = record.source?.checkouts else { continue }
      let isShown =
        changed.count < checkouts.count
        ? changed.contains { checkouts[$0] != nil } : checkouts.keys.contains(where: changed.contains)
      if isShown { stale.insert(record.number) }
    }
    if let carrier, carrier.machines.contains(where: changed.contains), let number = numbers[carrier.id] {
      stale.insert(number)
    }
  }

  /// Makes the records again that show something which has changed, and gives the table a version.
  mutating func settle(at commit: ObjectID, _ read: Reading) throws {
    takeChangedMachines()
    // A machine without a checkout would be in no record: the one with the smallest project id carries it.
    let alone = machines.keys.filter { checkoutCounts[$0, default: 0] <= 0 }.sorted()
    if least == nil { least = numbers.keys.min() }
    let next = alone.isEmpty ? nil : least.map { (id: $0, machines: alone) }
    if next?.id != carrier?.id || next?.machines != carrier?.machines {
      for id in [next?.id, carrier?.id] {
        if let number = id.flatMap({ numbers[$0] }) { stale.insert(number) }
      }
    }
    carrier = next
    let sources = stale.compactMap { table[$0]?.source }
    stale = []
    if !sources.isEmpty {
      try read(sources) { read in
        let parts = read.compactMap { source, entries in
          numbers[source.id].flatMap { table[$0] }.map {
            Part(entries: entries, source: source, item: item(of: $0))
          }
        }
        for record in made(of: parts) { table.put(record) }
      }
    }
    table.commit = commit.hex
    table.version = ListETag.next(commit: commit.hex)
  }

  /// Leaves to the caller what the journal has to record.
  mutating func takeUnsaved() -> (changes: [ProjectID: NumberJournal.Item?], isDurable: Bool) {
    defer { (unsaved, isUrgent) = ([:], false) }
    return (unsaved, isUrgent)
  }

  /// What the journal has of a record.
  func item(of record: Record) -> NumberJournal.Item {
    NumberJournal.Item(
      number: record.number, created: record.created, updated: record.updated,
      path: record.source?.given ?? .nothing, whole: record.source?.whole ?? WholeTexts())
  }

  private func record(_ entries: RecordEntries, _ source: RecordSource, _ item: NumberJournal.Item) -> Record
  {
    var values = RecordMapping.values(of: entries.project)
    source.whole.apply(to: &values)
    if let path = source.claim?.path, claims.holder(of: path) == item.number { values.path = path }
    var shown = Array(entries.checkouts.keys)
    if let carrier, carrier.id == source.id { shown += carrier.machines }
    var known: [MachineID: JSON] = [:]
    for id in shown { known[id] = machines[id] }
    return Record(
      number: item.number, values: values, created: item.created, updated: item.updated,
      metadata: RecordMapping.metadata(entries, machines: known), source: source)
  }
}
