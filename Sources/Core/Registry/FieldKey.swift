/// The keys of a project's fields, by which an entry, `.dev-infra.yml`, `dev-infra set`, a format and a service's records have them.
///
/// Code that treats a field in its own way names it by this; what treats all alike goes through ``ProjectField/all``.
public enum FieldKey: String, CaseIterable, Sendable {
  /// What the registry calls the project by.
  case id
  /// What the id was made of.
  case identity
  /// What people call it.
  case name
  /// The day on which it was made.
  case created
  /// How far it is, a ``ProjectStatus``.
  case status
  /// When its entry was last changed.
  case updated
  /// The machine that changed it.
  case updatedBy = "updated_by"
  /// What it is, in its owner's words.
  case description
  /// What it was made from.
  case template
  /// The version of dev-infra that made it.
  case version
  /// What it is to its owner, a ``Classification``.
  case classification
  /// What it is for, a ``ProjectType``.
  case projectType = "project_type"
  /// The organization or the person that it belongs to, in the owner's words.
  case organization
  /// Its page for people.
  case homepage
  /// How it is cloned.
  case cloneOptions = "clone_options"
  /// Words to find it by.
  case tags
  /// Where it is cloned from.
  case remoteURL = "remote_url"
  /// The first commit of its history.
  case rootCommit = "root_commit"
  /// The branch that a clone begins with.
  case defaultBranch = "default_branch"
  /// The part of a repository that it is.
  case subdirectory

  /// The keys that differ whenever an entry was written: when, and by which machine.
  public static let stamp: [FieldKey] = [.updated, .updatedBy]

  /// Whether a key of an entry is one of ``stamp``.
  public static func isStamp(_ key: String) -> Bool { FieldKey(rawValue: key).map(stamp.contains) ?? false }
}

extension JSON {
  /// The value that an entry has for a field; nil where there is none, and for anything that is not an object.
  public subscript(field: FieldKey) -> JSON? { object?[field] }
}

extension ByteKeyed {
  /// The value of a field; nil where there is none.
  public subscript(field: FieldKey) -> Value? {
    get { self[field.rawValue] }
    set { self[field.rawValue] = newValue }
  }
}

extension Project {
  /// As ``set(_:to:)-(String,_)`` of a field that is known.
  public mutating func set(_ field: FieldKey, to value: String?) throws(InvalidValue) {
    try set(field.rawValue, to: value)
  }
}
