import ByteStrings
import SystemPackage

extension Project {
  /// Reads an entry. Strict about types, words and lengths: it may come from anywhere.
  ///
  /// - Parameter urls: what is known of its URLs.
  /// - Throws: ``InvalidEntry`` with the first thing that is wrong.
  public init(json: JSON, _ urls: ReadURLs = ReadURLs()) throws(InvalidEntry) {
    var reader = try EntryReader(json)
    self.init(
      id: try reader.required(.id, as: .projectID) { ProjectID($0) },
      identity: try Self.checkedIdentity(try reader.required(.identity, scalars: Limits.identity)),
      name: try Self.checkedName(try reader.required(.name, scalars: Limits.name)),
      created: try reader.required(.created, as: .date) { CalendarDate($0) },
      status: try Self.checkedStatus(try reader.required(.status)),
      updated: try reader.required(.updated, as: .time) { Timestamp($0) },
      updatedBy: try reader.required(.updatedBy, as: .machineID) { MachineID($0) },
      tags: try Self.readTags(reader.value(FieldKey.tags.rawValue)))
    for field in ProjectField.plain { field.put(try field.read(&reader), into: &self) }
    remoteURL = try reader.text(.remoteURL, scalars: Limits.url)
    if let remoteURL { place = try urls.check(remoteURL, key: FieldKey.remoteURL.rawValue) }
    rootCommit = try reader.text(.rootCommit)
    if let rootCommit, !Self.isObjectName(rootCommit) {
      throw InvalidEntry(.rootCommit, .not(.objectName, rootCommit))
    }
    defaultBranch = try reader.text(.defaultBranch)
    if let defaultBranch, !Self.isBranchName(defaultBranch) {
      throw InvalidEntry(.defaultBranch, .not(.branchName, defaultBranch))
    }
    if let text = try reader.path(FieldKey.subdirectory.rawValue) {
      guard let path = FilePath(storedText: text), Self.isSubdirectory(path) else {
        throw InvalidEntry(.subdirectory, .not(.subdirectory, text))
      }
      subdirectory = path
    }
    unknown = try reader.rest()
  }

  /// Checks a project that was put together here by the rules of ``init(json:)``, before it is written.
  ///
  /// - Parameter urls: what is known of its URLs.
  /// - Throws: ``InvalidEntry`` with the first thing that is wrong.
  public func validate(_ urls: ReadURLs = ReadURLs()) throws(InvalidEntry) {
    _ = try Project(json: json, urls)
  }

  /// The entry; keys without a value are left out.
  public var json: JSON {
    var members = unknown
    for field in ProjectField.all {
      if let text = field.text(of: self) { members[field.fieldKey] = .string(text) }
    }
    if !tags.isEmpty { members[.tags] = .array(tags.map { .string($0) }) }
    return .object(members)
  }

  private static func checkedStatus(_ word: String) throws(InvalidEntry) -> ProjectStatus {
    guard let status = ProjectStatus(rawValue: word) else {
      throw InvalidEntry(.status, .noneOf(ProjectStatus.allowed, word))
    }
    return status
  }

  private static func checkedIdentity(_ identity: String) throws(InvalidEntry) -> String {
    guard Identity.isRecord(identity) else {
      throw InvalidEntry(.identity, .not(.identityRecord, identity))
    }
    return identity
  }

  private static func checkedName(_ name: String) throws(InvalidEntry) -> String {
    guard !name.isEmpty else { throw InvalidEntry(.name, .empty) }
    return name
  }

  private static func readTags(_ value: JSON?) throws(InvalidEntry) -> [String] {
    guard let value else { return [] }
    guard case .array(let items) = value else { throw InvalidEntry(.tags, .tagsNotAnArray) }
    guard items.count <= Limits.tags else {
      throw InvalidEntry(.tags, .manyTags)
    }
    var tags: [String] = []
    for item in items {
      guard case .string(let tag) = item else {
        throw InvalidEntry(.tags, .tagNotAString)
      }
      guard isTag(tag) else {
        throw InvalidEntry(.tags, .tag(tag))
      }
      tags.append(tag)
    }
    return tags
  }

  /// What makes a text a tag, in words.
  public static let tagRule = "a tag is 1 to \(Limits.tag) characters, without commas and control characters"

  /// Whether a text may be a tag. Tags are written with commas between them on command lines, so none may hold one.
  public static func isTag(_ tag: String) -> Bool {
    !tag.isEmpty && tag.unicodeScalars.count <= Limits.tag && !tag.holdsControl
      && !tag.utf8.contains(UInt8(ascii: ","))
  }

  private static func isObjectName(_ text: String) -> Bool {
    (text.utf8.count == 40 || text.utf8.count == 64)
      && text.utf8.allSatisfy { Hexadecimal.value(of: $0) != nil }
  }

  /// The part of git-check-ref-format(1) that keeps a name from being an option, a revision or a path outside.
  private static func isBranchName(_ text: String) -> Bool {
    // As nearly all are, `main` and `master`.
    if !text.isEmpty, text.utf8.allSatisfy({ (0x61...0x7A).contains($0) }) { return true }
    return !text.isEmpty && !text.begins(with: "-") && !text.begins(with: "/") && !text.ends(with: "/")
      && !text.holdsControl
      && !text.utf8.contains { " ~^:?*[\\".utf8.contains($0) } && !text.holds(text: "..")
      && !text.holds(text: "@{")
  }

  static func isSubdirectory(_ path: FilePath) -> Bool {
    path.isRelative && !path.components.isEmpty && path.components.allSatisfy { $0.kind == .regular }
      && path.pathBytes.count <= Limits.path
  }
}

/// What a project's fields are read by: their keys stand in ``FieldKey`` alone.
extension EntryReader {
  fileprivate mutating func text(
    _ field: FieldKey, scalars maximum: Int = Limits.text
  ) throws(InvalidEntry) -> String? {
    try text(field.rawValue, scalars: maximum)
  }

  fileprivate mutating func required(
    _ field: FieldKey, scalars maximum: Int = Limits.text
  ) throws(InvalidEntry) -> String {
    try required(field.rawValue, scalars: maximum)
  }

  fileprivate mutating func required<Value>(
    _ field: FieldKey, as form: InvalidEntry.Form, _ read: (String) -> Value?
  ) throws(InvalidEntry) -> Value {
    try required(field.rawValue, as: form, read)
  }
}

extension InvalidEntry {
  fileprivate init(_ field: FieldKey, _ fault: Fault) { self.init(field.rawValue, fault) }
}
