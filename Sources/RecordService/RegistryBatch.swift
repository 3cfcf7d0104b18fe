import Git
import Platform
import Records
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

  private(set) var state: RegistryState
  private(set) var entries: [EntryPath: JSON?] = [:]
  /// Whether this machine wrote something itself, and not only took what another had written.
  private(set) var isOwn = false
  private var lines: [String] = []
  private let machine: MachineID
  private let now = Timestamp(milliseconds: Clock.nowMilliseconds)
  private var nextNumber: Int
  private let readStored: (ObjectID, EntryPath) throws -> JSON

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

  /// Makes the records for the last time.
  mutating func settle(at commit: ObjectID) throws {
    let pending = self
    try state.settle(at: commit) { try pending.read($0) }
  }

  // MARK: Edits

  private mutating func create(_ fields: RequestedFields) throws -> Int {
    try checkPath(fields, of: nil)
    let given = try RequestedMetadata(fields.metadata)
    var project = try given.project ?? fresh(fields)
    guard state.numbers[project.id] == nil else {
      throw Refusal(409, "Project with this id already exists")
    }
    let changed = try RecordMapping.apply(fields, to: &project)
    if given.project == nil {
      isOwn = true
    } else if changed {
      touch(&project)
    }
    try checkSize(RecordEntries(project: project, checkouts: given.checkouts ?? [:]), given.machines)
    for (id, value) in given.machines { putMachine(id, value) }
    let time = ServiceTime(seconds: now.milliseconds / 1000)
    let item = NumberJournal.Item(
      number: nextNumber, created: time, updated: time,
      path: fields.values[.path].map { GivenPath($0) } ?? .nothing)
    nextNumber += 1
    put(RecordEntries(project: project, checkouts: given.checkouts ?? [:]), item, former: nil)
    lines.append("add \(Quoting.visible(project.name))")
    return item.number
  }

  /// The entry of a project that a client tells of who knows nothing of registries.
  private func fresh(_ fields: RequestedFields) throws -> Project {
    guard case .some(.some(let name)) = fields.values[.name] else { throw Refusal.nameMissing }
    var identities = [Identity(.declared(Host.randomHex(16)))]
    // Whoever registers a checkout of that URL comes to the same id, and so to this record.
    if case .some(.some(let text)) = fields.values[.remoteURL], let url = try? RemoteURL(text) {
      identities.insert(Identity(.remote(url.normalized)), at: 0)
    }
    for identity in identities {
      guard let id = RegistryStore.id(ofIdentity: identity.record), state.numbers[id] == nil else { continue }
      return Project(
        id: id, identity: identity.record, name: name, created: CalendarDate(now), updated: now,
        updatedBy: machine)
    }
    throw Refusal(409, "Project with this id already exists")
  }

  private mutating func change(_ number: Int, _ fields: RequestedFields, _ ifMatch: String?) throws -> Int {
    let record = try existing(number, ifMatch)
    guard let source = record.source else { throw Refusal.notFound }
    try checkPath(fields, of: number)
    let given = try RequestedMetadata(fields.metadata)
    let before = try read(source)
    var after = before
    if let project = given.project {
      guard project.id == source.id else {
        throw Refusal(400, "Invalid metadata. The project is another one")
      }
      after.project = project
    }
    after.checkouts = given.checkouts ?? after.checkouts
    if try RecordMapping.apply(fields, to: &after.project) { touch(&after.project) }
    try checkSize(after, given.machines)
    for (id, value) in given.machines { putMachine(id, value) }
    var item = state.item(of: record)
    if let path = fields.values[.path], path != record.values.path { item.path = GivenPath(path) }
    guard after != before || item.path != source.given else { return number }
    item.updated = max(item.updated, ServiceTime(seconds: now.milliseconds / 1000))
    put(after, item, former: before)
    if after != before { lines.append("change \(Quoting.visible(after.project.name))") }
    return number
  }

  private mutating func delete(_ number: Int, _ ifMatch: String?) throws {
    let record = try existing(number, ifMatch)
    guard let source = record.source else { throw Refusal.notFound }
    entries[.project(source.id)] = .some(nil)
    for machine in source.checkouts.keys { entries[.checkout(machine, source.id)] = .some(nil) }
    state.remove(source.id)
    lines.append("remove \(Quoting.visible(record.values.name))")
  }

  private mutating func importing(_ items: [JSON]) throws -> ImportReport {
    var report = ImportReport()
    for item in items {
      if let url = item["remote_url"]?.string, state.has(url: url) {
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
        _ = try create(fields)
        report.add()
      } catch let refusal as Refusal {
        report.skip(item, refusal)
      }
    }
    return report
  }

  // MARK: What they share

  private func existing(_ number: Int, _ ifMatch: String?) throws -> Record {
    guard let record = state.table[number] else { throw Refusal.notFound }
    if let ifMatch, !EntityTag.field(ifMatch, names: record.tag ?? "") { throw Refusal.changed }
    return record
  }

  private func checkPath(_ fields: RequestedFields, of number: Int?) throws {
    guard case .some(.some(let path)) = fields.values[.path], let holder = state.holder(of: path) else {
      return
    }
    guard holder == number else { throw Refusal.pathTaken }
  }

  /// Readers of a registry take no larger entries, and no deeper ones.
  private func checkSize(_ entries: RecordEntries, _ machines: [MachineID: JSON]) throws {
    for value in [entries.project.json] + entries.checkouts.values + machines.values {
      let bytes = value.canonical
      guard bytes.count <= Self.entryLimit, (try? JSON.parse(bytes)) != nil else {
        throw Refusal(
          400, "Invalid project. An entry of it is larger than \(Self.entryLimit) bytes, or nests too deep")
      }
    }
  }

  private static let entryLimit = 128 * 1024

  private mutating func touch(_ project: inout Project) {
    project.touch(by: machine, now: now)
    isOwn = true
  }

  private mutating func putMachine(_ id: MachineID, _ value: JSON) {
    guard state.machines[id] != value else { return }
    entries[.machine(id)] = .some(value)
    state.putMachine(id, value)
  }

  private mutating func put(_ new: RecordEntries, _ item: NumberJournal.Item, former: RecordEntries?) {
    let id = new.project.id
    if new.project != former?.project { entries[.project(id)] = .some(new.project.json) }
    for (machine, value) in new.checkouts where value != former?.checkouts[machine] {
      entries[.checkout(machine, id)] = .some(value)
    }
    for machine in former?.checkouts.keys ?? [:].keys where new.checkouts[machine] == nil {
      entries[.checkout(machine, id)] = .some(nil)
    }
    let source = RecordSource(
      id: id, project: Self.name(of: new.project.json),
      checkouts: new.checkouts.mapValues { Self.name(of: $0) },
      given: item.path)
    state.put(new, source, as: item)
  }

  private static func name(of value: JSON) -> ObjectID {
    (try? ObjectID.hash(blob: value.canonical)) ?? .zero
  }

  private func read(_ source: RecordSource) throws -> RecordEntries {
    let project = try value(source.project, .project(source.id))
    var checkouts: [MachineID: JSON] = [:]
    for (machine, blob) in source.checkouts {
      checkouts[machine] = try value(blob, .checkout(machine, source.id))
    }
    return RecordEntries(project: try Project(json: project), checkouts: checkouts)
  }

  private func value(_ blob: ObjectID, _ path: EntryPath) throws -> JSON {
    if case .some(.some(let value)) = entries[path] { return value }
    return try readStored(blob, path)
  }
}
