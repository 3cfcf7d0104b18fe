public import Registry

/// What a project's `.dev-infra.yml` says; see dev-infra-yml(5).
///
/// The named properties hold values that were checked and can be used; what could not is in ``findings``.
/// ``entries`` has everything as it is written.
public struct ProjectMetadata: Sendable {
  /// Every key of the file in its order, with its value as written.
  public let entries: [MetadataEntry]
  private let checks: Checks

  /// Reads the bytes of a file.
  ///
  /// Empty text, or text that holds only comments, is a file without keys.
  ///
  /// - Throws: where it is not YAML, not UTF-8, or not a mapping; where it holds a key twice, several documents, an alias of no
  ///   anchor, or a known key with another tool's tag; where it is larger than 1 MiB or nested deeper than 16 levels.
  public init(parsing bytes: [UInt8]) throws(MetadataError) {
    self.init(try Document(bytes))
  }

  init(_ document: Document) {
    entries = document.entries.map { MetadataEntry(key: $0.key, value: $0.value.value, line: $0.line) }
    checks = Checks(entries)
  }

  /// The declared identity: one line of text, at most 200 characters.
  public var id: String? { checks.texts[.id] }
  /// The project's name: one line, at most 200 characters.
  public var name: String? { text(of: ProjectField(.name)) }

  /// The value of a field of the registry, tags with commas between them; nil where the file does not declare it.
  public func text(of field: ProjectField) -> String? {
    guard let key = KnownKey(rawValue: field.key), field.isDeclared else { return nil }
    return key.isList ? checks.lists[key]?.joined(separator: ",") : checks.texts[key]
  }

  /// The tags in the order of the file; nil where the file has none, empty where it says that there are none.
  public var tags: [String]? { checks.lists[.tags] }
  /// The version of dev-infra that made it; `unknown` where the template's placeholder was left in place.
  public var version: String? { checks.texts[.version] }
  /// The day the project was made, `YYYY-MM-DD`.
  public var created: String? { checks.texts[.created] }
  /// The day it was moved to dev-infra, `YYYY-MM-DD`.
  public var migrated: String? { checks.texts[.migrated] }

  /// What is not as it should be, in the order of the file.
  public var findings: [Finding] { checks.findings }

  /// Whether the file gives `key` a value that is used: there, not empty, and without a finding against it.
  ///
  /// The placeholder of `version` counts as a value, `unknown`.
  public func declares(_ key: String) -> Bool {
    if let known = KnownKey(rawValue: key) { return checks.usable.contains(known) }
    return self[key].map { !$0.isNull } ?? false
  }

  /// As ``declares(_:)-(String)`` of a field.
  public func declares(_ field: FieldKey) -> Bool { declares(field.rawValue) }

  /// The value of `key` as written, or nil where the file does not have it.
  public subscript(key: String) -> MetadataValue? {
    entries.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  /// Whether `key` is one that dev-infra-yml(5) gives a meaning; the scalars of such a key are always text.
  public static func isKnown(_ key: String) -> Bool { KnownKey(rawValue: key) != nil }

  /// Whether values of `key` are lists of texts.
  public static func isList(_ key: String) -> Bool { KnownKey(rawValue: key)?.isList ?? false }
}
