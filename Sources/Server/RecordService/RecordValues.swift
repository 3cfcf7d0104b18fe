import Registry

/// The fields of a record that clients give.
public struct RecordValues: Equatable, Sendable {
  private var texts: [RecordField: String] = [:]

  /// The values of a new record.
  init(name: String, status: String = ProjectStatus.active.rawValue) {
    texts[.name] = name
    texts[.status] = status
  }

  /// The name.
  public var name: String { texts[.name] ?? "" }
  /// The path; nil where it has none, or where another record has it.
  public var path: String? {
    get { texts[.path] }
    set { texts[.path] = newValue }
  }
  /// The URL.
  public var remoteURL: String? { texts[.remoteURL] }

  /// The value of a field.
  public subscript(field: RecordField) -> String? {
    get { texts[field] }
    set { if newValue != nil || field.project?.isRequired != true { texts[field] = newValue } }
  }

  /// Takes what a request gives.
  mutating func apply(_ fields: RequestedFields) {
    for (field, value) in fields.values { self[field] = value }
  }

  /// The members of the record's JSON.
  func members(number: Int, created: ServiceTime, updated: ServiceTime) -> JSON.Members {
    var members: JSON.Members = [
      "id": .integer(number), "created_at": .string(created.description),
      "updated_at": .string(updated.description),
    ]
    for field in RecordField.allCases { members[field.rawValue] = self[field].map { .string($0) } ?? .null }
    return members
  }
}
