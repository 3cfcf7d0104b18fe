public import Registry

/// What a record says of a project.
public struct RecordReading: Equatable, Sendable {
  /// The project, as far as the record tells.
  public var snapshot: ProjectSnapshot
  /// Whether the record carries our own data, in metadata or a block; without, another client made it or stripped it.
  public var isOurs: Bool
  /// What is wrong with the record's own data, a clause; nil where nothing is.
  public var problem: String?
  /// Whether the record's fields are those that its own data was written with.
  public var isUntouched = false
  /// Whether the service has another `project_type` than the record's own data knows of, be it the project's own. Unless these are
  /// made anew, a service that goes back to the former value would seem to have no editor.
  public var hasNewType = false
}

extension ServiceRecord {
  /// The description without the block, where the form has one.
  func text(_ form: ServiceFlavor) -> String? {
    guard form == .plain, let description = fields[.description],
      let (text, _) = TrailerBlock.split(description)
    else { return fields[.description] }
    return text.isEmpty ? nil : text
  }

  /// The fields with a person's text alone for a description.
  func nativeFields(_ form: ServiceFlavor) -> NativeFields {
    var fields = fields
    fields[.description] = text(form)
    return fields
  }

  /// What the record says of a project.
  ///
  /// Where another client has changed a field since the record's own data was written, that is a write at the
  /// record's `updated_at`.
  ///
  /// - Parameters:
  ///   - known: what was known of the project when it was last seen; taken where the record's own data is gone.
  ///   - type: the `project_type` that the record showed then.
  ///   - hash: what ids and digests are.
  public func reading(
    _ form: ServiceFlavor, known: ProjectSnapshot? = nil, showing type: String? = nil, hash: BlobHash
  ) -> RecordReading {
    var problem: String?
    do throws(UnusableMetadata) {
      switch form {
      case .full:
        if let metadata {
          let snapshot = try ProjectSnapshot(metadata: metadata, hash: hash)
          return RecordReading(
            snapshot: try snapshot.changed(by: self, form, hash: hash), isOurs: true, isUntouched: true)
        }
      case .plain:
        if let (_, block) = fields[.description].flatMap({ TrailerBlock.split($0) }) {
          let snapshot = try ProjectSnapshot(block, in: self, known: known, hash)
          return RecordReading(
            snapshot: snapshot, isOurs: true, isUntouched: block.fits(self, hash),
            hasNewType: !same(block.type, snapshot.project[.projectType]?.string)
              || !same(block.shown[.projectType], fields[.projectType]))
        }
      }
    } catch {
      problem = error.sentence
    }
    if let known, let changed = try? known.changed(by: self, form, showing: type, hash: hash) {
      return RecordReading(snapshot: changed, isOurs: false, problem: problem)
    }
    return RecordReading(
      snapshot: ProjectSnapshot(madeElsewhere: self, form, hash: hash), isOurs: false, problem: problem)
  }
}

extension ProjectSnapshot {
  /// The project with the fields of a record laid over its entry: what another client changed there counts as written
  /// at the record's `updated_at`.
  ///
  /// A field is unchanged where it is what would be sent for the entry's value.
  ///
  /// - Parameters:
  ///   - type: the `project_type` that the record showed when the project was last seen.
  ///   - editor: what `updated_by` is to say; a machine that does not exist stands for other clients.
  ///   - hash: what ids are.
  public func changed(
    by record: ServiceRecord, _ form: ServiceFlavor, showing type: String? = nil,
    editor: MachineID = ServiceRecord.otherClients, hash: BlobHash
  ) throws(UnusableMetadata) -> ProjectSnapshot {
    let fields = record.nativeFields(form)
    var members = project.object ?? [:]
    var isChanged = false
    for key in NativeFields.keys {
      let value = members[key]?.string
      let text = fields[key]
      // A service of our own shows values as they are, also those that the contract has no room for.
      if same(NativeFields.sent(key, value), text) || same(value, text) { continue }
      if key == .projectType, form == .plain, text == nil || same(text, type) { continue }
      let taken = NativeFields.taken(key, text)
      if taken == nil, key == .name || key == .status { continue }
      if same(taken, value) { continue }
      members[key] = taken.map { .string($0) }
      isChanged = true
    }
    guard isChanged else { return self }
    Self.touch(&members, at: record, editor)
    var result = self
    result.project = .object(members)
    result.id = try Self.checked(result.project, named: id.hex, hash)
    return result
  }

  /// Reads a plain service's record with a block.
  init(
    _ block: TrailerBlock, in record: ServiceRecord, known: ProjectSnapshot?, _ hash: BlobHash
  ) throws(UnusableMetadata) {
    guard let id = block.values("Id").first, let text = block.values("Project").first,
      var members = (try? JSON.parse(Array(text.utf8)))?.object
    else { throw UnusableMetadata(sentence: "its Dev-Infra lines are incomplete or damaged") }
    let fields = record.nativeFields(.plain)
    members[.id] = .string(id)
    let shown = block.shown
    var isChanged = !block.fits(record, hash)
    for key in NativeFields.keys {
      let kept = members[key]?.string
      let field = fields[key]
      // A value that the service showed instead of what it was sent, when the block was written, is nobody's
      // edit.
      if let text = shown[key], same(text, field) { continue }
      if key == .projectType {
        // The service may take it and not keep it.
        guard field != nil || shown[key].map({ same($0, kept) }) ?? false, !same(field, kept) else {
          continue
        }
        isChanged = true
      } else if kept != nil, same(NativeFields.sent(key, kept), field) {
        continue
      }
      members[key] = NativeFields.taken(key, field).map { .string($0) }
      if members[key] == nil, key == .name {
        members[key] = (kept ?? known?.project[key]?.string ?? "record \(record.number)").asJSON
      }
      if members[key] == nil, key == .status { members[key] = (kept ?? "active").asJSON }
    }
    if isChanged { Self.touch(&members, at: record, ServiceRecord.otherClients) }
    project = .object(members)
    self.id = try Self.checked(project, named: id, hash)
    checkouts = Self.byMachine(block.values("Checkout")) { _, value in
      (try? Checkout(json: value)) == nil ? nil : value
    }
    machines = Self.byMachine(block.values("Machine"), Self.machine)
  }

  /// Makes the entry one that was written when the record was.
  private static func touch(_ members: inout JSON.Members, at record: ServiceRecord, _ editor: MachineID) {
    let former = members[.updated]?.string.flatMap { Timestamp($0) }
    let time = Timestamp.following(former, now: ServiceRecord.time(record.updatedAt))
    members[.updated] = .string(time.description)
    members[.updatedBy] = .string(editor.hex)
  }

  /// Values of the form `MACHINE JSON`.
  private static func byMachine(
    _ lines: [String], _ checked: (MachineID, JSON) -> JSON?
  ) -> [MachineID: JSON] {
    var result: [MachineID: JSON] = [:]
    for line in lines {
      let bytes = Array(line.utf8)
      guard let space = bytes.firstIndex(of: UInt8(ascii: " ")),
        let id = MachineID(hexBytes: bytes[..<space]),
        let value = try? JSON.parse(Array(bytes[(space + 1)...]))
      else { continue }
      result[id] = checked(id, value)
    }
    return result
  }
}

extension TrailerBlock {
  /// Whether a record's fields are those that the block was written with.
  func fits(_ record: ServiceRecord, _ hash: BlobHash) -> Bool {
    values("Digest").first.map { same($0, record.nativeFields(.plain).digest(hash)) } ?? false
  }

  /// The project's `project_type`, whatever the service showed.
  var type: String? {
    let project = values("Project").first.flatMap { try? JSON.parse(Array($0.utf8)) }
    return project?.object?[.projectType]?.string
  }

  /// What the service showed when the block was written, of the fields where that is not what it was sent.
  var shown: ByteKeyed<String> {
    guard let text = values("Shown").first, let members = (try? JSON.parse(Array(text.utf8)))?.object else {
      return [:]
    }
    var shown: ByteKeyed<String> = [:]
    for (key, value) in members { shown[key] = value.string }
    return shown
  }
}

extension String {
  fileprivate var asJSON: JSON { .string(self) }
}
