import Git
import NIOCore
import Registry

/// The records of a registry at one commit, and the indexes that changes are checked by.
///
/// Entries are not kept: a record has the names of its blobs, and they are read again when it changes.
struct RegistryState {
  private(set) var table = RecordTable()
  private(set) var numbers: [ProjectID: Int] = [:]
  private(set) var machines: [MachineID: JSON] = [:]
  private var claims = PathOwnership()
  private var urls: [String: Int] = [:]
  /// The records of what could be one project, by what they have in common.
  private var keys: [ProjectKey: Set<Int>] = [:]
  private var checkoutCounts: [MachineID: Int] = [:]
  private var carrier: (id: ProjectID, machines: [MachineID])?
  /// Records that have to be made again, because what they show of others has changed.
  private var stale: Set<Int> = []
  /// Machines whose own records are others since.
  private var changedMachines: Set<MachineID> = []
  /// What the journal has to record.
  private(set) var unsaved: [ProjectID: NumberJournal.Item?] = [:]
  /// Whether that has to be on disk before anybody is told.
  private(set) var isUrgent = false

  /// Reads the entries of a record; nil where they cannot be read, and the record stays as it is.
  typealias Reading = (RecordSource) throws -> RecordEntries?

  /// The record that has a path; nil where none has.
  func holder(of path: String) -> Int? { claims.holder(of: path) }

  /// Whether some record has this URL, to the letter.
  func has(url: String) -> Bool { urls[url] != nil }

  /// Whether a record besides this one has a key.
  func has(key: ProjectKey, besides number: Int?) -> Bool { keys[key]?.contains { $0 != number } ?? false }

  /// Puts a record in its place, from entries that have just been read or made.
  mutating func put(_ entries: RecordEntries, _ source: RecordSource, as item: NumberJournal.Item) {
    var (source, item) = (source, item)
    source.given = item.path
    item.whole = item.whole.fitting(entries.project)
    source.whole = item.whole
    source.suggested = RecordMapping.suggestedPath(entries)
    source.key = entries.project.duplicateKey
    let former = table[item.number]
    if former == nil || former?.source?.given != item.path || former?.source?.whole != item.whole {
      isUrgent = true
    }
    forget(former)
    stale.formUnion(claims.replace(item.number, former?.source?.claim, by: source.claim))
    if let url = entries.project.remoteURL { urls[url, default: 0] += 1 }
    if let key = source.key { keys[key, default: []].insert(item.number) }
    for machine in source.checkouts.keys { checkoutCounts[machine, default: 0] += 1 }
    numbers[source.id] = item.number
    table.put(record(entries, source, item))
    unsaved[source.id] = .some(item)
  }

  /// Takes a project's record out.
  ///
  /// - Parameter isGone: whether the project is; else the number waits for it.
  mutating func remove(_ id: ProjectID, isGone: Bool = true) {
    guard let number = numbers.removeValue(forKey: id) else { return }
    let former = table[number]
    forget(former)
    stale.formUnion(claims.replace(number, former?.source?.claim, by: nil))
    table.remove(number)
    guard isGone else { return }
    unsaved[id] = .some(nil)
    isUrgent = true
  }

  /// Frees the number that a project has, for another id of the same project.
  mutating func release(_ id: ProjectID) {
    numbers[id] = nil
    unsaved[id] = .some(nil)
    isUrgent = true
  }

  /// Has the journal drop a project that is not there.
  mutating func forgetNumber(of id: ProjectID) { unsaved[id] = .some(nil) }

  private mutating func forget(_ former: Record?) {
    guard let former else { return }
    if let url = former.values.remoteURL, let count = urls[url] { urls[url] = count > 1 ? count - 1 : nil }
    if let key = former.source?.key {
      keys[key]?.remove(former.number)
      if keys[key]?.isEmpty ?? false { keys[key] = nil }
    }
    for machine in former.source?.checkouts.keys ?? [:].keys { checkoutCounts[machine, default: 1] -= 1 }
  }

  /// Takes notice of a machine's own record; nil for one that is gone.
  mutating func putMachine(_ id: MachineID, _ value: JSON?) {
    guard machines[id] != value else { return }
    machines[id] = value
    changedMachines.insert(id)
  }

  /// Has the records made again that show what machines said of themselves before: in one walk, for all of them.
  private mutating func takeChangedMachines() {
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
    let next = alone.isEmpty ? nil : numbers.keys.min().map { (id: $0, machines: alone) }
    if next?.id != carrier?.id || next?.machines != carrier?.machines {
      for id in [next?.id, carrier?.id] {
        if let number = id.flatMap({ numbers[$0] }) { stale.insert(number) }
      }
    }
    carrier = next
    for number in stale {
      guard let former = table[number], let source = former.source else { continue }
      guard let entries = try read(source) else { continue }
      table.put(record(entries, source, item(of: former)))
    }
    stale = []
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
