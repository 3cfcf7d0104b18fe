import Registry

/// The fields of a record that clients give.
public struct RecordValues: Equatable, Sendable {
  /// The name.
  public var name: String
  /// The path; nil where it has none, or where another record has it.
  public var path: String?
  /// The organization.
  public var organization: String?
  /// The classification.
  public var classification: String?
  /// The type.
  public var projectType: String?
  /// The status.
  public var status: String
  /// The description.
  public var description: String?
  /// The URL.
  public var remoteURL: String?

  /// The values of a new record.
  init(name: String, status: String = ProjectStatus.active.rawValue) {
    self.name = name
    self.status = status
  }

  /// The value of a field.
  public subscript(field: RecordField) -> String? {
    switch field {
    case .name: name
    case .path: path
    case .organization: organization
    case .classification: classification
    case .projectType: projectType
    case .status: status
    case .description: description
    case .remoteURL: remoteURL
    }
  }

  /// Takes what a request gives.
  mutating func apply(_ fields: RequestedFields) {
    for (field, value) in fields.values {
      switch field {
      case .name: name = value ?? name
      case .path: path = value
      case .organization: organization = value
      case .classification: classification = value
      case .projectType: projectType = value
      case .status: status = value ?? status
      case .description: description = value
      case .remoteURL: remoteURL = value
      }
    }
  }

  /// The members of the record's JSON.
  func members(number: Int, created: ServiceTime, updated: ServiceTime) -> JSON.Members {
    var members: JSON.Members = [
      "id": .number(String(number)), "created_at": .string(created.description),
      "updated_at": .string(updated.description),
    ]
    for field in RecordField.allCases { members[field.rawValue] = self[field].map { .string($0) } ?? .null }
    return members
  }
}
