public import Registry

/// All that a registry has of one project: its entry, where it is on every machine, and what those machines are called.
///
/// The form in which a project travels to and from the REST service: a record holds one.
public struct ProjectSnapshot: Equatable, Sendable {
  /// The project's id.
  public var id: ProjectID
  /// Its entry, by the rules of `Project(json:)`.
  public var project: JSON
  /// Where it is, by machine, by the rules of `Checkout(json:)`.
  public var checkouts: [MachineID: JSON]
  /// Machines, by the rules of `Machine(json:)`: those of the checkouts, and some that have none anywhere.
  public var machines: [MachineID: JSON]

  /// A snapshot of its parts, which have been checked.
  public init(
    id: ProjectID, project: JSON, checkouts: [MachineID: JSON] = [:], machines: [MachineID: JSON] = [:]
  ) {
    self.id = id
    self.project = project
    self.checkouts = checkouts
    self.machines = machines
  }

  /// The `metadata` object of a record: `id`, `project`, `checkouts` and `machines`.
  public var metadata: JSON {
    .object([
      "id": .string(id.hex), "project": project, "checkouts": Self.object(checkouts),
      "machines": Self.object(machines),
    ])
  }

  /// Reads a `metadata` object.
  ///
  /// The entry must be right in every part. A checkout or a machine that is not is left out.
  ///
  /// - Throws: ``UnusableMetadata``.
  public init(metadata: JSON, hash: BlobHash) throws(UnusableMetadata) {
    guard let project = metadata["project"] else { throw UnusableMetadata(sentence: "it has no project") }
    id = try Self.checked(project, named: metadata["id"]?.string, hash)
    self.project = project
    checkouts = Self.byMachine(metadata["checkouts"]) { _, value in
      (try? Checkout(json: value)) == nil ? nil : value
    }
    machines = Self.byMachine(metadata["machines"], Self.machine)
  }

  /// The id of an entry that is right in every part.
  ///
  /// - Parameter name: the id that it is to have.
  static func checked(
    _ project: JSON, named name: String?, _ hash: BlobHash
  ) throws(UnusableMetadata) -> ProjectID {
    let entry: Project
    do throws(InvalidEntry) { entry = try Project(json: project) } catch {
      throw UnusableMetadata(sentence: error.sentence)
    }
    guard name == nil || name == entry.id.hex else {
      throw UnusableMetadata(sentence: "its id is not its project's")
    }
    guard ProjectID(ofIdentity: entry.identity, hash: hash) == entry.id else {
      throw UnusableMetadata(sentence: "its id is not the hash of its identity record")
    }
    return entry.id
  }

  /// A machine's entry, where it is that machine's.
  static func machine(_ id: MachineID, _ value: JSON) -> JSON? {
    guard let machine = try? Machine(json: value), machine.id == id else { return nil }
    return value
  }

  private static func byMachine(
    _ value: JSON?, _ checked: (MachineID, JSON) -> JSON?
  ) -> [MachineID: JSON] {
    var result: [MachineID: JSON] = [:]
    for (name, value) in value?.object ?? [:] {
      if let id = MachineID(name) { result[id] = checked(id, value) }
    }
    return result
  }

  private static func object(_ values: [MachineID: JSON]) -> JSON {
    .object(JSON.Members(values.map { ($0.key.hex, $0.value) }))
  }
}

/// Why what a record says beside its fields cannot be used.
public struct UnusableMetadata: Error, Equatable, Sendable {
  /// What is wrong, as a clause. Safe for a terminal.
  public let sentence: String
}

extension ProjectSnapshot {
  /// What keeps an entry from being a project's, a clause; nil where nothing does.
  public static func problem(_ id: ProjectID, _ project: JSON, hash: BlobHash) -> String? {
    do throws(UnusableMetadata) {
      return try checked(project, named: id.hex, hash) == id ? nil : "its id is not its name's"
    } catch {
      return error.sentence
    }
  }
}
