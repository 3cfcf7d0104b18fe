import ByteStrings

extension Project {
  /// Every key of an entry that is not unknown, by its JSON name, in the order in which they are shown.
  public static let knownKeys = [
    "id", "identity", "name", "created", "status", "updated", "updated_by", "description", "template",
    "version",
    "classification", "project_type", "organization", "tags", "remote_url", "root_commit", "default_branch",
    "subdirectory",
  ]

  /// The keys that a person may set.
  public static let settableKeys = [
    "name", "description", "status", "classification", "project_type", "organization", "tags", "template",
    "version",
  ]

  /// The value of a known key as text, tags with commas between them; nil where it has none.
  public func value(of key: String) -> String? {
    switch key {
    case "id": id.hex
    case "identity": identity
    case "name": name
    case "created": created.description
    case "status": status.rawValue
    case "updated": updated.description
    case "updated_by": updatedBy.hex
    case "description": description
    case "template": template
    case "version": version
    case "classification": classification?.rawValue
    case "project_type": projectType?.rawValue
    case "organization": organization
    case "tags": tags.isEmpty ? nil : tags.joined(separator: ",")
    case "remote_url": remoteURL
    case "root_commit": rootCommit
    case "default_branch": defaultBranch
    case "subdirectory": subdirectory?.storedText
    default: nil
    }
  }

  /// Sets one of ``settableKeys``; nil or empty text clears it. `updated` is the caller's, see ``touch(by:now:)``.
  ///
  /// - Throws: ``InvalidValue`` for another key, a word that is not allowed, too long a text, or clearing what
  ///   every project has. The project is as it was then.
  public mutating func set(_ key: String, to value: String?) throws(InvalidValue) {
    let value = value?.isEmpty == true ? nil : value
    switch key {
    case "name":
      guard let value else { throw InvalidValue(sentence: "a project's name cannot be empty") }
      name = try Self.bounded(value, "name", scalars: Limits.name)
    case "status":
      guard let value else {
        throw InvalidValue(sentence: "a project's status is one of \(ProjectStatus.allowed)")
      }
      status = try Self.word(value, key)
    case "description":
      if let value, value.utf8.count > Limits.description {
        throw InvalidValue(sentence: "a description is at most 64 KiB")
      }
      if let value { try Self.check(value, "a description", .prose) }
      description = value
    case "classification": classification = try Self.word(ifAny: value, key)
    case "project_type": projectType = try Self.word(ifAny: value, key)
    case "organization": organization = try Self.bounded(ifAny: value, key)
    case "template": template = try Self.bounded(ifAny: value, key)
    case "version": version = try Self.bounded(ifAny: value, key)
    case "tags":
      let list = (value ?? "").split(separator: ",").map { Self.trimmedTag(String($0)) }.filter {
        !$0.isEmpty
      }
      for tag in list { try Self.checkTag(tag) }
      try replaceTags(list)
    default:
      throw InvalidValue(
        sentence: "\(shown(key)) cannot be set; the keys are \(Self.settableKeys.joined(separator: ", "))")
    }
  }

  /// The keys that a `.dev-infra.yml` may say, by which it goes before the registry on the machine that has it.
  public static let declarableKeys = settableKeys + ["created"]

  /// The project as the machine with this checkout shows it: what its own `.dev-infra.yml` says goes before the registry,
  /// which holds one value where the files of several machines disagree.
  public func seen(from checkout: Checkout) -> Project {
    let declared = checkout.declared
    guard !declared.isEmpty, var members = json.object else { return self }
    for key in Self.declarableKeys {
      guard let value = declared[key] else { continue }
      members[key] = value == .null ? nil : value
    }
    // What is wrong in it shows nothing.
    return (try? Project(json: .object(members))) ?? self
  }

  /// Adds one tag; one that is there stays.
  ///
  /// - Throws: ``InvalidValue`` where it is no tag, or one too many.
  public mutating func addTag(_ tag: String) throws(InvalidValue) {
    let tag = Self.trimmedTag(tag)
    try Self.checkTag(tag)
    try replaceTags(tags + [tag])
  }

  /// Removes one tag; one that is not there is no error.
  public mutating func removeTag(_ tag: String) {
    let tag = Self.trimmedTag(tag)
    tags.removeAll { $0.hasSameBytes(as: tag) }
  }

  private mutating func replaceTags(_ list: [String]) throws(InvalidValue) {
    let unique = list.sortedUniqueByBytes()
    guard unique.count <= Limits.tags else {
      throw InvalidValue(sentence: "a project has at most \(Limits.tags) tags")
    }
    tags = unique
  }

  private static func checkTag(_ tag: String) throws(InvalidValue) {
    guard isTag(tag) else { throw InvalidValue(sentence: "\(shown(tag)) is no tag: \(tagRule)") }
  }

  /// A tag without the blanks around it.
  public static func trimmedTag(_ text: String) -> String {
    var bytes = Array(text.utf8)[...]
    while bytes.first == UInt8(ascii: " ") { bytes.removeFirst() }
    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func word<Value: NamedValue>(_ text: String, _ key: String) throws(InvalidValue) -> Value {
    guard let value = Value(rawValue: text) else {
      throw InvalidValue(sentence: "\(key) is one of \(Value.allowed), not \(shown(text))")
    }
    return value
  }

  private static func word<Value: NamedValue>(ifAny text: String?, _ key: String) throws(InvalidValue)
    -> Value?
  {
    guard let text else { return nil }
    return try word(text, key)
  }

  private static func bounded(_ text: String, _ key: String, scalars: Int) throws(InvalidValue) -> String {
    guard text.unicodeScalars.count <= scalars else {
      throw InvalidValue(sentence: "\(key) is at most \(scalars) characters")
    }
    try check(text, key, .line)
    return text
  }

  private static func check(_ text: String, _ what: String, _ rule: TextRule) throws(InvalidValue) {
    guard let scalar = rule.firstRefused(in: text) else { return }
    throw InvalidValue(sentence: "\(what) cannot hold the control character \(TextRule.name(of: scalar))")
  }

  private static func bounded(ifAny text: String?, _ key: String) throws(InvalidValue) -> String? {
    guard let text else { return nil }
    return try bounded(text, key, scalars: Limits.text)
  }
}
