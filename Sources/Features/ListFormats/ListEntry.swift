import ByteStrings
public import Registry
import SystemSupport
public import SystemPackage

/// A project in a list, whatever the list's format: the neutral record that dev-infra-read-list(1) prints and
/// dev-infra-write-list(1) reads.
///
/// Its members are those of `dev-infra-ls-projects --json`, so that what lists the registry can be written as any list.
public struct ListEntry: Sendable {
  /// Values of fields, by their keys; see ``keys``.
  public var fields: ByteKeyed<String> = [:]
  /// Where it is cloned from, a `RemoteURL/stored` text.
  public var url: String?
  /// Where it is, or is to be: absolute.
  public var paths: [FilePath] = []
  /// Words to find it by.
  public var tags: [String] = []
  /// Its remotes by name, as `RemoteURL/stored` texts.
  public var remotes: ByteKeyed<String> = [:]
  /// How much it is used.
  public var rank: Double?
  /// When it was last used.
  public var lastUsed: Timestamp?

  /// An entry that says nothing.
  public init() {}

  /// The fields that a list may give a value, beside tags and the URL.
  public static let keys: [FieldKey] =
    ProjectField.all.filter { field in
      if case .tags = field.kind { return false }
      return field.isSettable
    }.map(\.fieldKey) + [.defaultBranch, .created, .subdirectory]

  /// Reads a record that dev-infra-read-list(1) has checked; what is of another type is not there.
  public init(record: JSON) {
    for key in Self.keys { fields[key] = record[key]?.string }
    url = record[.remoteURL]?.string
    paths = record["paths"]?.array?.compactMap { $0.string.flatMap(Self.path(of:)) } ?? []
    tags = record[.tags]?.array?.compactMap(\.string) ?? []
    for (name, url) in record["remotes"]?.object ?? [:] { remotes[name] = url.string }
    if case .number(let text)? = record["rank"] { rank = Double(text) }
    lastUsed = record["last_used"]?.string.flatMap { Timestamp($0) }
  }

  /// What people call it.
  public var name: String { fields[.name] ?? "" }

  /// The record.
  public var json: JSON {
    var members: JSON.Members = [:]
    for (key, value) in fields { members[key] = .string(value) }
    if let url { members[.remoteURL] = .string(url) }
    if !paths.isEmpty { members["paths"] = .array(paths.map { .string(Self.text(of: $0)) }) }
    if !tags.isEmpty { members[.tags] = .array(tags.map(JSON.string)) }
    if !remotes.isEmpty { members["remotes"] = .object(remotes.mapValues { JSON.string($0) }) }
    if let rank, rank.isFinite { members["rank"] = .number("\(rank)") }
    if let lastUsed { members["last_used"] = .string(lastUsed.description) }
    return .object(members)
  }

  /// A path in JSON: as it is, or, where it is not UTF-8, as git quotes it.
  public static func text(of path: FilePath) -> String {
    let text = path.text
    return ByteText.holdsRawBytes(text) ? Quoting.quote(text) : text
  }

  /// The path that a text of JSON stands for; nil where its quotes are broken, or a NUL is in it.
  public static func path(of text: String) -> FilePath? {
    guard let bytes = Quoting.unquote(text.utf8), !bytes.isEmpty, !bytes.contains(0) else { return nil }
    return FilePath(bytes: bytes)
  }
}

extension ListEntry: Equatable {
  /// Whether both are written with the same bytes.
  public static func == (left: ListEntry, right: ListEntry) -> Bool { left.json == right.json }
}
