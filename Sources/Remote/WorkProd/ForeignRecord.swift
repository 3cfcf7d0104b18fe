public import Registry
import SystemPackage

extension ServiceRecord {
  /// Stands in `updated_by` for a client that is not a machine of ours.
  public static let otherClients = MachineID(0)

  /// The identity of a project of which nothing but this record is known: its remote URL, else the record itself.
  ///
  /// All who read the record get the same.
  public var identity: Identity {
    if let text = fields[.remoteURL], let url = try? RemoteURL(text) {
      return Identity(.remote(url.normalized))
    }
    return ownIdentity()
  }

  /// The identity of a project that is this record and no other.
  ///
  /// - Parameter copy: 2 and more where others pass for it already.
  public func ownIdentity(_ copy: Int = 1) -> Identity {
    let text = "work-prod/\(Self.time(createdAt))/\(number)"
    return Identity(.declared(copy > 1 ? "\(text)#\(copy)" : text))
  }
}

extension ProjectSnapshot {
  /// The project that another client of the service made: what its fields tell, and an id that they determine.
  ///
  /// - Parameters:
  ///   - identity: the identity record, where it is known to be a project that we have.
  ///   - isDistinct: whether it is another project than those with the same URL.
  ///   - hash: gives the project's id.
  public init(
    madeElsewhere record: ServiceRecord, _ form: ServiceFlavor, identity: String? = nil,
    isDistinct: Bool = false,
    editor: MachineID = ServiceRecord.otherClients, hash: BlobHash
  ) {
    let identity = identity ?? record.identity.record
    let id = ProjectID(ofIdentity: identity, hash: hash) ?? Self.none
    let fields = record.nativeFields(form)
    var members: JSON.Members = [:]
    for key in NativeFields.keys {
      members[key] = NativeFields.taken(key, fields[key]).map { .string($0) }
    }
    members[.name] = members[.name] ?? .string("record \(record.number)")
    members[.status] = members[.status] ?? .string(ProjectStatus.active.rawValue)
    members[.id] = .string(id.hex)
    members[.identity] = .string(identity)
    members[.created] = .string(CalendarDate(ServiceRecord.time(record.createdAt)).description)
    members[.updated] = .string(ServiceRecord.time(record.updatedAt).description)
    members[.updatedBy] = .string(editor.hex)
    if isDistinct { members["distinct"] = .bool(true) }
    self.init(id: id, project: .object(members))
  }

  /// The hash of nothing that could be a project; only where hashing itself has failed.
  private static let none = ProjectID(String(repeating: "0", count: 40))!
}
