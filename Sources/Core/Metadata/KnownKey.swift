import Registry

/// A key that has a meaning here: a field of the registry that the file may declare, or one of the file's own. Any other is left
/// alone.
struct KnownKey: Hashable, Sendable {
  /// What a value of the key is.
  enum Kind: Sendable {
    /// As a field of an entry.
    case field(ProjectField.Kind)
    /// `YYYY-MM-DD`, or a timestamp that begins so.
    case date
    /// A list of texts.
    case list
    /// A mapping of lists of texts.
    case lists
  }

  let rawValue: String
  let kind: Kind

  private init(_ name: String, _ kind: Kind) {
    rawValue = name
    self.kind = kind
  }

  static let id = KnownKey(FieldKey.id.rawValue, .field(.line(Limits.text)))
  static let version = field(ProjectField(.version))
  static let tags = field(ProjectField(.tags))
  static let created = KnownKey(FieldKey.created.rawValue, .date)
  static let migrated = KnownKey("migrated", .date)

  private static func field(_ field: ProjectField) -> KnownKey { KnownKey(field.key, .field(field.kind)) }

  private static let all: [String: KnownKey] = {
    let own = [
      id, created, migrated, KnownKey("expected_skills", .list),
      KnownKey("last_sync", .field(.line(Limits.text))), KnownKey("sync", .lists),
    ]
    let fields = ProjectField.all.filter(\.isDeclared).map(field)
    return Dictionary(uniqueKeysWithValues: (own + fields).map { ($0.rawValue, $0) })
  }()

  init?(rawValue: String) {
    guard let key = Self.all[rawValue] else { return nil }
    self = key
  }

  /// Whether a value of the key is a list of texts.
  var isList: Bool {
    switch kind {
    case .list, .field(.tags): true
    default: false
    }
  }

  static func == (left: KnownKey, right: KnownKey) -> Bool { left.rawValue == right.rawValue }

  func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}
