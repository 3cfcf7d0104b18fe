import Registry
import RegistryStore

/// What a record shows of the entries of a registry, and what the metadata of a request says of them. Pure.
enum RecordMapping {
  /// The fields of a project's record, but for its path.
  static func values(of project: Project) -> RecordValues {
    var values = RecordValues(name: project.name, status: project.status.rawValue)
    values.organization = project.organization
    values.classification = project.classification?.rawValue
    values.projectType = project.projectType?.rawValue
    values.description = project.description
    values.remoteURL = project.remoteURL
    return values
  }

  /// The path of the checkout on the machine that wrote the entry last, else on the first one.
  static func suggestedPath(_ entries: RecordEntries) -> String? {
    let machine =
      entries.checkouts[entries.project.updatedBy] == nil
      ? entries.checkouts.keys.min() : entries.project.updatedBy
    guard let machine, let paths = entries.checkouts[machine]?["paths"]?.array else { return nil }
    let main = paths.first { $0["kind"] == .string(CheckoutPath.Kind.main.rawValue) } ?? paths.first
    return main?["path"]?.string
  }

  /// The metadata object.
  static func metadata(_ entries: RecordEntries, machines: [MachineID: JSON]) -> JSON {
    .object([
      "id": .string(entries.project.id.hex), "project": entries.project.json,
      "checkouts": object(entries.checkouts), "machines": object(machines),
    ])
  }

  private static func object(_ values: [MachineID: JSON]) -> JSON {
    .object(Dictionary(uniqueKeysWithValues: values.map { ($0.key.hex, $0.value) }))
  }

  /// Writes the fields of a request into a project.
  ///
  /// - Returns: whether that changed anything.
  static func apply(_ fields: RequestedFields, to project: inout Project) throws(Refusal) -> Bool {
    let before = project
    for (field, value) in fields.values {
      switch field {
      case .name: project.name = value ?? project.name
      case .path: break
      case .organization: project.organization = value
      case .classification: project.classification = value.flatMap { Classification(rawValue: $0) }
      case .projectType: project.projectType = value.flatMap { ProjectType(rawValue: $0) }
      case .status: project.status = value.flatMap { ProjectStatus(rawValue: $0) } ?? project.status
      case .description: project.description = value
      case .remoteURL: project.remoteURL = value
      }
    }
    guard project != before else { return false }
    do {
      try project.validate()
    } catch {
      throw Refusal(400, "Invalid \(error.key ?? "project"). In the registry \(error.sentence)")
    }
    return true
  }
}

/// What the metadata of a request says, checked by the rules of the registry.
struct RequestedMetadata {
  /// The project's entry.
  let project: Project?
  /// Where it is, on all machines; nil where nothing is said of that.
  let checkouts: [MachineID: JSON]?
  /// Machines' own records.
  let machines: [MachineID: JSON]

  init(_ metadata: JSON?) throws(Refusal) {
    guard let metadata else {
      (project, checkouts, machines) = (nil, nil, [:])
      return
    }
    do {
      let project = try metadata["project"].map { value throws(InvalidEntry) in try Project(json: value) }
      if let project {
        guard RegistryStore.id(ofIdentity: project.identity) == project.id else {
          throw Refusal(400, "Invalid metadata. The project's id is not the hash of its identity record")
        }
        guard metadata["id"] == nil || metadata["id"] == .string(project.id.hex) else {
          throw Refusal(400, "Invalid metadata. Its id is not the project's")
        }
      }
      self.project = project
      checkouts = try Self.entries(metadata, "checkouts") { _, value in _ = try Checkout(json: value) }
      machines =
        try Self.entries(metadata, "machines") { id, value in
          guard try Machine(json: value).id == id else {
            throw Refusal(400, "Invalid metadata. The id of the machine \(id) is another one")
          }
        } ?? [:]
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw Refusal(400, "Invalid metadata. In an entry \((error as? InvalidEntry)?.sentence ?? "\(error)")")
    }
  }

  private static func entries(
    _ metadata: JSON, _ key: String, _ check: (MachineID, JSON) throws -> Void
  ) throws -> [MachineID: JSON]? {
    guard let value = metadata[key] else { return nil }
    guard let members = value.object else { throw Refusal(400, "Invalid metadata. \(key) must be an object") }
    var entries: [MachineID: JSON] = [:]
    for (name, value) in members {
      guard let id = MachineID(name) else {
        throw Refusal(400, "Invalid metadata. A key of \(key) is no machine's id")
      }
      try check(id, value)
      entries[id] = value
    }
    return entries
  }
}
