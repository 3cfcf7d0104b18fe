import Git
import Registry
import WorkProd

/// What a record shows of the entries of a registry, and what the metadata of a request says of them. Pure.
enum RecordMapping {
  /// The fields of a project's record, but for its path.
  static func values(of project: Project) -> RecordValues {
    var values = RecordValues(name: project.name, status: project.status.rawValue)
    for field in RecordField.allCases {
      if let text = field.project?.text(of: project) { values[field] = text }
    }
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
    ProjectSnapshot(
      id: entries.project.id, project: entries.project.json, checkouts: entries.checkouts, machines: machines
    ).metadata
  }

  /// Writes the fields of a request into a project.
  ///
  /// - Returns: whether that changed anything.
  static func apply(_ fields: RequestedFields, to project: inout Project) throws(Refusal) -> Bool {
    let before = project
    for (field, value) in fields.values {
      field.project?.put(value, into: &project)
    }
    // Also where nothing changed: a new project has its name already.
    do {
      try project.validate()
    } catch {
      throw Refusal(400, "Invalid \(error.key ?? "project"). In the registry \(error.sentence)")
    }
    return project != before
  }
}

/// What the metadata of a request says, checked by the rules of the registry.
struct RequestedMetadata {
  /// The project's entry.
  let project: Project?
  /// Where it is, on all machines; nil where nothing is said of that.
  private(set) var checkouts: [MachineID: JSON]?
  /// Machines' own records.
  private(set) var machines: [MachineID: JSON]

  /// Reads the metadata of a request, but for what it says of the machine that serves the registry: only that writes
  /// below its own name.
  init(_ metadata: JSON?, servedBy own: MachineID) throws(Refusal) {
    try self.init(metadata)
    checkouts?[own] = nil
    machines[own] = nil
  }

  private init(_ metadata: JSON?) throws(Refusal) {
    guard let metadata else {
      (project, checkouts, machines) = (nil, nil, [:])
      return
    }
    let snapshot: ProjectSnapshot
    do throws(UnusableMetadata) {
      snapshot = try ProjectSnapshot(metadata: metadata, hash: ObjectID.blobHash)
    } catch {
      throw Refusal(400, "Invalid metadata. \(error.sentence)")
    }
    // Reading a registry leaves out what is wrong; a server that did so would lose it silently.
    for (key, count) in [("checkouts", snapshot.checkouts.count), ("machines", snapshot.machines.count)] {
      guard let given = metadata[key] else { continue }
      guard given.object?.count == count else {
        throw Refusal(400, "Invalid metadata. Of its \(key) one is not valid in a registry")
      }
    }
    project = try? Project(json: snapshot.project)
    checkouts = metadata["checkouts"] == nil ? nil : snapshot.checkouts
    machines = snapshot.machines
  }
}
