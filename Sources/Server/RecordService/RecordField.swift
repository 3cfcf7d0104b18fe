import Registry

/// A field of a record that a client may give.
public enum RecordField: String, CaseIterable, Sendable {
  /// What it is called; never null.
  case name
  /// Where it is; unique over the server.
  case path
  /// Whose it is.
  case organization
  /// What it is to its owner, a word of ``Registry/Classification``.
  case classification
  /// What it is for, a word of ``Registry/ProjectType``.
  case projectType = "project_type"
  /// How far it is, a word of ``Registry/ProjectStatus``; never null.
  case status
  /// What it is, in its owner's words.
  case description
  /// Where it is cloned from.
  case remoteURL = "remote_url"

  /// The words that it may be; nil for free text.
  var words: [String]? { project?.words }

  /// The field of a project's entry that it is; nil for the path, which is a checkout's.
  var project: ProjectField? { key.map { ProjectField($0) } }

  /// The key of that field.
  var key: FieldKey? { FieldKey(rawValue: rawValue) }

  /// Those that a list can be asked for by.
  static let filters: [RecordField] = [.status, .classification, .projectType, .organization]

  /// What a client is told whose word is not one of ``words``.
  var refusal: Refusal {
    guard let words else { return Refusal(400, "Invalid \(rawValue). Must be a string") }
    return Refusal(400, "Invalid \(rawValue). Must be one of: \(words.joined(separator: ", "))")
  }
}
