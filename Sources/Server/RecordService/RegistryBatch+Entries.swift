import Git
import SystemSupport
import Registry
import RegistryStore

/// What the edits of a batch share: checks, and reading and writing the entries behind records.
extension RegistryBatch {
  /// The entry of a project that comes from a client without any knowledge of registries.
  func fresh(_ fields: RequestedFields) throws -> Project {
    guard case .some(.some(let name)) = fields.values[.name] else { throw Refusal.nameMissing }
    var identities = [Identity(.declared(Host.randomHex(16)))]
    if case .some(.some(let text)) = fields.values[.remoteURL], let url = try? RemoteURL(text) {
      if state.has(key: ProjectKey(url: url.normalized, subdirectory: nil), besides: nil) {
        // The first with a URL is that of its checkouts; another one is known by its number, the same wherever the same
        // records are made.
        identities = (2...1000).lazy.map { Identity(.declared("\(url.normalized)#\($0)")) } + identities
      } else {
        // Registering a checkout of that URL gives the same id, and so this record.
        identities.insert(Identity(.remote(url.normalized)), at: 0)
      }
    }
    for identity in identities {
      guard let id = ProjectID(ofIdentity: identity.record, hash: ObjectID.blobHash), state.numbers[id] == nil
      else { continue }
      return Project(
        id: id, identity: identity.record, name: name, created: CalendarDate(now), updated: now,
        updatedBy: machine)
    }
    throw Refusal.idTaken
  }

  /// Keeps a project apart from another one whose URL a client gives to it too: the contract lets several records have one.
  ///
  /// - Parameter number: its record; nil for one that is being made.
  func setApart(_ project: inout Project, _ number: Int?, _ fields: RequestedFields) {
    guard fields.values[.remoteURL] != nil else { return }
    project.isDistinct = false
    if let key = project.duplicateKey { project.isDistinct = state.has(key: key, besides: number) }
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

  /// - Parameter former: what the record had, and the blobs of it. What stays as it was keeps its blob: one that came by
  ///   git need not be written as ours are.
  mutating func put(
    _ new: RecordEntries, _ item: NumberJournal.Item, former: (entries: RecordEntries, source: RecordSource)?
  ) {
    let id = new.project.id
    var source = RecordSource(id: id, project: .zero, checkouts: [:], given: item.path)
    if let former, new.project == former.entries.project {
      source.project = former.source.project
    } else {
      entries[.project(id)] = .some(new.project.json)
      source.project = Self.name(of: new.project.json)
    }
    for (machine, value) in new.checkouts {
      if let former, value == former.entries.checkouts[machine] {
        source.checkouts[machine] = former.source.checkouts[machine]
      } else {
        entries[.checkout(machine, id)] = .some(value)
        source.checkouts[machine] = Self.name(of: value)
      }
    }
    for machine in former?.entries.checkouts.keys ?? [:].keys where new.checkouts[machine] == nil {
      entries[.checkout(machine, id)] = .some(nil)
    }
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
