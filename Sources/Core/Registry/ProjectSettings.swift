import ByteStrings

extension Project {
  /// Every key of an entry that is not unknown, by its JSON name.
  public static let knownKeys = ProjectField.all.map(\.key)

  /// The keys that a person may set.
  public static let settableKeys = ProjectField.all.filter(\.isSettable).map(\.key)

  /// The value of a known key as text, tags with commas between them; nil where it has none.
  public func value(of key: String) -> String? { ProjectField(key)?.text(of: self) }

  /// Sets one of ``settableKeys``; nil or empty text clears it. `updated` is the caller's, see ``touch(by:now:)``.
  ///
  /// - Throws: ``InvalidValue`` for another key, a word that is not allowed, too long a text, or clearing what
  ///   every project has. The project is as it was then.
  public mutating func set(_ key: String, to value: String?) throws(InvalidValue) {
    let value = value?.isEmpty == true ? nil : value
    guard let field = ProjectField(key), field.isSettable else {
      throw InvalidValue(key, .notSettable)
    }
    if case .tags = field.kind {
      let list = (value ?? "").split(at: ",").map { Self.trimmedTag(String($0)) }.filter {
        !$0.isEmpty
      }
      for tag in list { try Self.checkTag(tag) }
      return try replaceTags(list)
    }
    if let value {
      try field.check(value)
      if case .cloneOptions = field.kind { return field.put(CloneOptions(value)?.text, into: &self) }
    } else if field.isRequired {
      throw InvalidValue(key, .required)
    }
    field.put(value, into: &self)
  }

  /// The keys that a `.dev-infra.yml` may say, by which it goes before the registry on the machine that has it.
  public static let declarableKeys =
    ProjectField.all.filter { $0.isSettable && $0.isDeclared }.map(\.key) + [FieldKey.created.rawValue]

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
  /// - Throws: ``InvalidValue`` where it is not a tag, or one too many.
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
      throw InvalidValue(FieldKey.tags.rawValue, .manyTags)
    }
    tags = unique
  }

  private static func checkTag(_ tag: String) throws(InvalidValue) {
    guard isTag(tag) else { throw InvalidValue(FieldKey.tags.rawValue, .tag(tag)) }
  }

  /// A tag without the blanks around it.
  public static func trimmedTag(_ text: String) -> String {
    var bytes = Array(text.utf8)[...]
    while bytes.first == UInt8(ascii: " ") { bytes.removeFirst() }
    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
