import WorkProd
import Git
import SystemSupport
import ByteStrings
import Registry
import RegistryStore

/// Several edits that become one commit: each is done to what those before it left, or refused, alone.
struct RegistryBatch {
  /// What became of one edit, before records are made for the last time.
  enum Ticket {
    case record(Int)
    case deleted
    case imported(ImportReport)
  }

  var state: RegistryState
  var entries: [EntryPath: JSON?] = [:]
  /// Whether this machine wrote something itself, and not only took what another had written.
  var isOwn = false
  private var lines: [String] = []
  let machine: MachineID
  let now = Timestamp(milliseconds: Clock.nowMilliseconds)
  private var nextNumber: Int
  let readStored: (ObjectID, EntryPath) throws -> JSON

  init(
    _ state: RegistryState, machine: MachineID, nextNumber: Int,
    reading: @escaping (ObjectID, EntryPath) throws -> JSON
  ) {
    self.state = state
    self.machine = machine
    self.nextNumber = nextNumber
    self.readStored = reading
  }

  /// The commit's message.
  var message: String { CommitMessage.text("Serve", lines) }

  mutating func perform(_ edit: Edit) throws -> Ticket {
    switch edit {
    case .create(let fields): return .record(try create(fields))
    case .change(let number, let fields, let ifMatch): return .record(try change(number, fields, ifMatch))
    case .delete(let number, let ifMatch):
      try delete(number, ifMatch)
      return .deleted
    case .importing(let items): return .imported(try importing(items))
    }
  }

  /// Takes this machine's own record along.
  mutating func add(_ own: [EntryPath: JSON]) {
    for case (.machine(let id), let value) in own { putMachine(id, value) }
  }

  // MARK: Edits

  private mutating func create(_ fields: RequestedFields) throws -> Int {
    var (fields, whole) = (fields, WholeTexts())
    whole.take(from: &fields)
    try checkPath(fields, of: nil)
    let given = try RequestedMetadata(fields.metadata, servedBy: machine)
    var project = try given.project ?? fresh(fields)
    guard state.numbers[project.id] == nil else {
      throw Refusal.idTaken
    }
    let changed = try RecordMapping.apply(fields, to: &project)
    if given.project == nil {
      setApart(&project, nil, fields)
      isOwn = true
    } else if changed {
      touch(&project)
    }
    try check(RecordEntries(project: project, checkouts: given.checkouts ?? [:]), given)
    for (id, value) in given.machines { putMachine(id, value) }
    let time = ServiceTime(seconds: now.milliseconds / 1000)
    let item = NumberJournal.Item(
      number: nextNumber, created: time, updated: time,
      path: fields.values[.path].map { GivenPath($0) } ?? .nothing, whole: whole)
    nextNumber += 1
    put(RecordEntries(project: project, checkouts: given.checkouts ?? [:]), item, former: nil)
    lines.append("add \(Quoting.visible(project.name))")
    return item.number
  }

  private mutating func change(_ number: Int, _ fields: RequestedFields, _ ifMatch: String?) throws -> Int {
    let record = try existing(number, ifMatch)
    guard let source = record.source else { throw Refusal.notFound }
    var (fields, whole) = (fields, source.whole)
    whole.take(from: &fields)
    try checkPath(fields, of: number)
    let given = try RequestedMetadata(fields.metadata, servedBy: machine)
    let before = try read(source)
    var after = before
    after.project = given.project ?? after.project
    after.checkouts = given.checkouts ?? after.checkouts
    after.checkouts[machine] = before.checkouts[machine]
    let isMoved = after.project.id != source.id
    if isMoved, state.numbers[after.project.id] != nil { throw Refusal.idTaken }
    if try RecordMapping.apply(fields, to: &after.project) {
      if given.project == nil { setApart(&after.project, number, fields) }
      touch(&after.project)
    }
    try check(after, given)
    for (id, value) in given.machines { putMachine(id, value) }
    var item = state.item(of: record)
    if let path = fields.values[.path], path != record.values.path { item.path = GivenPath(path) }
    item.whole = whole.fitting(after.project)
    guard after != before || item.path != source.given || item.whole != source.whole else { return number }
    item.updated = max(item.updated, ServiceTime(seconds: now.milliseconds / 1000))
    // Entries that turn out to be one project keep one id of the two; their record keeps its number.
    if isMoved {
      removeEntries(of: source)
      state.release(source.id)
    }
    put(after, item, former: isMoved ? nil : (before, source))
    if after != before { lines.append("change \(Quoting.visible(after.project.name))") }
    return number
  }

  private mutating func delete(_ number: Int, _ ifMatch: String?) throws {
    let record = try existing(number, ifMatch)
    guard let source = record.source else { throw Refusal.notFound }
    removeEntries(of: source)
    state.remove(source.id)
    lines.append("remove \(Quoting.visible(record.values.name))")
  }

  private mutating func importing(_ items: [JSON]) throws -> ImportReport {
    var report = ImportReport()
    for item in items {
      if let url = item[.remoteURL]?.string, state.has(url: url) {
        report.skip()
        continue
      }
      do {
        let fields = try RequestedFields(item, creating: true, .full)
        // As it is stored it may be another text than it came as.
        if case .some(.some(let url)) = fields.values[.remoteURL], state.has(url: url) {
          report.skip()
          continue
        }
        let number = try create(fields)
        report.add()
        if let record = state.table[number], !record.cut.isEmpty { report.cut.append((number, record.cut)) }
      } catch let refusal as Refusal {
        report.skip(item, refusal)
      }
    }
    return report
  }
}
