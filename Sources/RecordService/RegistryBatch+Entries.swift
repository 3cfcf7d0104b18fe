import Git
import Platform
import Registry
import RegistryStore

/// What the edits of a batch share: checks, and reading and writing the entries behind records.
extension RegistryBatch {
  /// The entry of a project that a client tells of who knows nothing of registries.
  func fresh(_ fields: RequestedFields) throws -> Project {
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
    throw Refusal.idTaken
  }

  func existing(_ number: Int, _ ifMatch: String?) throws -> Record {
    guard let record = state.table[number] else { throw Refusal.notFound }
    if let ifMatch, !EntityTag.field(ifMatch, names: record.tag ?? "") { throw Refusal.changed }
    return record
  }

  func checkPath(_ fields: RequestedFields, of number: Int?) throws {
    guard case .some(.some(let path)) = fields.values[.path], let holder = state.holder(of: path) else {
      return
    }
    guard holder == number else { throw Refusal.pathTaken }
  }

  /// Whether entries may stand in a registry: each of them by its size and depth, and a checkout only beside the record
  /// of its machine.
  func check(_ entries: RecordEntries, _ given: RequestedMetadata) throws {
    for value in [entries.project.json] + entries.checkouts.values + given.machines.values {
      let bytes = value.canonical
      guard bytes.count <= Self.entryLimit, (try? JSON.parse(bytes)) != nil else {
        throw Refusal(
          400, "Invalid project. An entry of it is larger than \(Self.entryLimit) bytes, or nests too deep")
      }
    }
    for machine in given.checkouts?.keys ?? [:].keys {
      guard given.machines[machine] != nil || state.machines[machine] != nil else {
        throw Refusal(
          400, "Invalid metadata. It has a checkout on the machine \(machine), which is not known")
      }
    }
  }

  private static let entryLimit = 128 * 1024

  mutating func touch(_ project: inout Project) {
    project.touch(by: machine, now: now)
    isOwn = true
  }

  mutating func putMachine(_ id: MachineID, _ value: JSON) {
    guard state.machines[id] != value else { return }
    entries[.machine(id)] = .some(value)
    state.putMachine(id, value)
  }

  mutating func removeEntries(of source: RecordSource) {
    entries[.project(source.id)] = .some(nil)
    for machine in source.checkouts.keys { entries[.checkout(machine, source.id)] = .some(nil) }
  }

  mutating func put(_ new: RecordEntries, _ item: NumberJournal.Item, former: RecordEntries?) {
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

  func read(_ source: RecordSource) throws -> RecordEntries {
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
