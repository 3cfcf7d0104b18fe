public import Registry
public import WorkProd

/// What a request gives for a record: the fields that it names, checked, and nothing of the others.
public struct RequestedFields: Sendable {
  /// The values of the fields that were given; nil for null.
  public var values: [RecordField: String?] = [:]
  /// What is beyond the contract: the entries of the registry that the record stands for.
  public var metadata: JSON?

  /// Reads the body of a request.
  ///
  /// - Parameters:
  ///   - creating: whether a record is to be made, which needs a name.
  ///   - flavor: whose rules; those of ``ServiceFlavor/plain`` are fewer.
  /// - Throws: ``Refusal``, with the text that the contract has.
  public init(_ body: JSON, creating: Bool, _ flavor: ServiceFlavor) throws(Refusal) {
    guard let members = body.object else { throw Refusal(400, "Request body must be a JSON object") }
    if creating {
      guard let name = members[.name], name != .null, name != .string("") else { throw .nameMissing }
    }
    for field in RecordField.allCases {
      // Deployed servers take no notice of it at all.
      if field == .projectType, flavor == .plain { continue }
      guard let value = members[field.rawValue] else { continue }
      values[field] = .some(try Self.checked(value, field, flavor))
    }
    guard flavor == .full, let metadata = members["metadata"], metadata != .null else { return }
    guard metadata.object != nil else { throw Refusal(400, "Invalid metadata. Must be an object") }
    self.metadata = metadata
  }

  /// What archiving a project changes.
  public static let archived = RequestedFields(values: [
    .classification: Classification.archive.rawValue, .status: ProjectStatus.completed.rawValue,
  ])

  private init(values: [RecordField: String?]) { self.values = values }

  private static func checked(
    _ value: JSON, _ field: RecordField, _ flavor: ServiceFlavor
  ) throws(Refusal) -> String? {
    if value == .null {
      switch field {
      case .name: throw .nameMissing
      case .status: throw .statusNull
      default: return nil
      }
    }
    guard let text = value.string else { throw field.refusal }
    if let words = field.words, !words.contains(text) { throw field.refusal }
    guard flavor == .full else { return text }
    if field == .name, text.isEmpty { throw .nameMissing }
    if field == .path, text.utf8.contains(0) {
      throw Refusal(400, "Invalid path. It holds a NUL character")
    }
    if field == .remoteURL { return try storable(url: text) }
    return text
  }

  /// The URL as a registry keeps one: free of secrets, and nothing that a command could take for an option.
  private static func storable(url text: String) throws(Refusal) -> String? {
    if text.isEmpty { return nil }
    do {
      return try RemoteURL(text).stored
    } catch {
      throw Refusal(400, "Invalid remote_url. \(error.sentence)")
    }
  }
}
