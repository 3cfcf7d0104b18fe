import ByteStrings

/// A field of a project's entry: a row of the one table that says what it is, what it may be, which layers may hold it and how
/// it is shown.
///
/// The codec of entries, what `.dev-infra.yml` may declare, `dev-infra set`, the columns of the index, filters, `%(…)`, completion
/// and a service's records follow the table; a test holds the manual's lists against it. A field is a property of ``Project``, a
/// case of ``FieldKey`` and a row here.
public struct ProjectField: Sendable {
  /// What a value is.
  public enum Kind: Sendable {
    /// One line of text of at most so many scalars.
    case line(Int)
    /// Text of any form, of at most so many bytes.
    case prose(Int)
    /// One of these.
    case words([String])
    /// A list of tags, each once.
    case tags
    /// An http or https URL without credentials; see ``WebPage``.
    case webPage
    /// Options of git-clone(1), see ``CloneOptions``.
    case cloneOptions
    /// A relative path.
    case path
    /// A form of its own, which reading an entry checks.
    case own
  }

  /// Which layers may hold it, and what else is true of it.
  public struct Traits: OptionSet, Sendable {
    /// The bits.
    public let rawValue: Int
    /// Of these bits.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Every project has a value.
    static let required = Traits(rawValue: 1)
    /// A person may set it.
    static let settable = Traits(rawValue: 2)
    /// `.dev-infra.yml` may declare it.
    static let declared = Traits(rawValue: 4)
    /// A record of a service has it as a field; otherwise it travels in the block.
    static let native = Traits(rawValue: 8)
    /// Several projects are likely to have the same.
    static let shared = Traits(rawValue: 16)
    /// It is a day or a moment.
    static let time = Traits(rawValue: 32)
    /// It is a version, which has an order of its own.
    static let version = Traits(rawValue: 64)
  }

  /// The contents of a row. Rows are walked for each entry that is read, and passing a reference costs less than copying
  /// them.
  private final class Row: Sendable {
    let fieldKey: FieldKey
    let key: String
    let kind: Kind
    let traits: Traits
    let label: String
    let rank: Int
    let column: Int
    let nativeLimit: Int?
    let get: @Sendable (Project) -> String?
    let set: (@Sendable (inout Project, String?) -> Void)?

    init(
      _ key: FieldKey, _ kind: Kind, _ traits: Traits, _ label: String?, _ rank: Int, _ column: Int,
      _ nativeLimit: Int?, _ get: @escaping @Sendable (Project) -> String?,
      _ set: (@Sendable (inout Project, String?) -> Void)?
    ) {
      fieldKey = key
      self.key = key.rawValue
      self.kind = kind
      self.traits = traits
      self.label = label ?? key.rawValue
      self.rank = rank
      self.column = column
      self.nativeLimit = nativeLimit
      self.get = get
      self.set = set
    }
  }

  private let row: Row

  /// Which field it is.
  public var fieldKey: FieldKey { row.fieldKey }
  /// Its key: in an entry, in `.dev-infra.yml`, in `set`, in a format and in a record.
  public var key: String { row.key }
  /// What a value is.
  public var kind: Kind { row.kind }
  /// What `show` calls it.
  public var label: String { row.label }
  /// Where `show` has it among the others.
  public var rank: Int { row.rank }
  /// Its column in the index; what is asked for most comes first.
  public var column: Int { row.column }
  /// How many scalars a service has room for; nil where its contract sets no limit.
  public var nativeLimit: Int? { row.nativeLimit }

  private init(
    _ key: FieldKey, _ kind: Kind, _ traits: Traits = [], label: String? = nil, rank: Int, column: Int,
    nativeLimit: Int? = nil, _ get: @escaping @Sendable (Project) -> String?,
    set: (@Sendable (inout Project, String?) -> Void)? = nil
  ) {
    row = Row(key, kind, traits, label, rank, column, nativeLimit, get, set)
  }

  /// Every field. Columns 2, 3, 7 and 21 are the index's own.
  public static let all: [ProjectField] = [
    ProjectField(.id, .own, .required, rank: 1, column: 0) { $0.id.hex },
    ProjectField(.identity, .own, .required, rank: 18, column: 19) { $0.identity },
    ProjectField(
      .name, .line(Limits.name), [.required, .settable, .declared, .native], rank: 0, column: 1,
      nativeLimit: 200
    ) {
      $0.name
    } set: {
      if let text = $1 { $0.name = text }
    },
    ProjectField(.created, .own, [.required, .time], rank: 11, column: 13) { $0.created.description },
    ProjectField(
      .status, .words(ProjectStatus.words), [.required, .settable, .declared, .native], rank: 2, column: 4
    ) {
      $0.status.rawValue
    } set: {
      if let word = $1.flatMap(ProjectStatus.init(rawValue:)) { $0.status = word }
    },
    ProjectField(.updated, .own, [.required, .time], rank: 12, column: 11) { $0.updated.description },
    ProjectField(.updatedBy, .own, .required, label: "updated by", rank: 13, column: 12) {
      $0.updatedBy.hex
    },
    ProjectField(
      .description, .prose(Limits.description), [.settable, .declared, .native], rank: 8, column: 20
    ) {
      $0.description
    } set: {
      $0.description = $1
    },
    ProjectField(
      .template, .line(Limits.text), [.settable, .declared, .shared], rank: 9, column: 16
    ) {
      $0.template
    } set: {
      $0.template = $1
    },
    ProjectField(.version, .line(Limits.text), [.settable, .declared, .version], rank: 10, column: 17) {
      $0.version
    } set: {
      $0.version = $1
    },
    ProjectField(
      .classification, .words(Classification.words), [.settable, .declared, .native], rank: 4, column: 14
    ) {
      $0.classification?.rawValue
    } set: {
      $0.classification = $1.flatMap(Classification.init(rawValue:))
    },
    ProjectField(
      .projectType, .words(ProjectType.words), [.settable, .declared, .native], label: "type", rank: 3,
      column: 5
    ) {
      $0.projectType?.rawValue
    } set: {
      $0.projectType = $1.flatMap(ProjectType.init(rawValue:))
    },
    ProjectField(
      .organization, .line(Limits.text), [.settable, .declared, .native, .shared], rank: 5, column: 15,
      nativeLimit: 100
    ) {
      $0.organization
    } set: {
      $0.organization = $1
    },
    ProjectField(.homepage, .webPage, [.settable, .declared], rank: 7, column: 22) {
      $0.homepage
    } set: {
      $0.homepage = $1
    },
    ProjectField(
      .cloneOptions, .cloneOptions, [.settable, .shared], label: "clone options", rank: 19, column: 23
    ) {
      $0.cloneOptions
    } set: {
      $0.cloneOptions = $1
    },
    ProjectField(.tags, .tags, [.settable, .declared, .shared], rank: 6, column: 6) {
      $0.tags.isEmpty ? nil : $0.tags.joined(separator: ",")
    },
    ProjectField(.remoteURL, .own, .native, label: "remote", rank: 14, column: 10, nativeLimit: 500) {
      $0.remoteURL
    } set: {
      $0.remoteURL = $1
    },
    ProjectField(.rootCommit, .own, label: "root commit", rank: 16, column: 8) { $0.rootCommit },
    ProjectField(.defaultBranch, .own, label: "default branch", rank: 15, column: 18) { $0.defaultBranch },
    ProjectField(.subdirectory, .path, rank: 17, column: 9) { $0.subdirectory?.storedText },
  ]

  private static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })

  /// The field with this key; nil where no field has it.
  public init?(_ key: String) {
    guard let field = Self.byKey[key] else { return nil }
    self = field
  }

  /// The field with this key.
  public init(_ key: FieldKey) {
    guard let field = Self.byKey[key.rawValue] else { preconditionFailure("\(key) has no row") }
    self = field
  }

  /// Whether every project has a value.
  public var isRequired: Bool { row.traits.contains(.required) }
  /// Whether a person may set it.
  public var isSettable: Bool { row.traits.contains(.settable) }
  /// Whether `.dev-infra.yml` may declare it.
  public var isDeclared: Bool { row.traits.contains(.declared) }
  /// Whether a record of a service has it as a field.
  public var isNative: Bool { row.traits.contains(.native) }
  /// Whether what other projects have is worth offering.
  public var isShared: Bool { row.traits.contains(.shared) }
  /// Whether it is a day or a moment.
  public var isTime: Bool { row.traits.contains(.time) }
  /// Whether it is a version.
  public var isVersion: Bool { row.traits.contains(.version) }
  /// The words that it may be; nil for what is not one of a few.
  public var words: [String]? { if case .words(let words) = kind { words } else { nil } }

  /// Its value as text, tags with commas between them; nil where the project has none.
  public func text(of project: Project) -> String? { row.get(project) }

  /// Gives a project a value that is known to be one; nil takes it away where a project may be without.
  public func put(_ text: String?, into project: inout Project) { row.set?(&project, text) }

  // MARK: Rules

  /// The fields that are read and written by their kind alone.
  static let plain = all.filter { field in
    switch field.kind {
    case .line, .prose, .words, .webPage, .cloneOptions: !field.isRequired
    case .tags, .path, .own: false
    }
  }

  /// Reads the value of an entry.
  func read(_ reader: inout EntryReader) throws(InvalidEntry) -> String? {
    switch kind {
    case .line(let limit): return try reader.text(key, scalars: limit)
    case .prose(let limit):
      let text = try reader.text(key, scalars: limit, rule: .prose)
      if let text, text.utf8.count > limit {
        throw InvalidEntry(key, .larger(bytes: limit))
      }
      return text
    case .words(let words):
      guard let text = try reader.text(key) else { return nil }
      guard words.containsBytes(of: text) else {
        throw InvalidEntry(key, .noneOf(words.joined(separator: ", "), text))
      }
      return text
    case .webPage:
      guard let text = try reader.text(key, scalars: Limits.url) else { return nil }
      guard WebPage.isValid(text) else { throw InvalidEntry(key, .not(.webPage)) }
      return text
    // A newer version may know more of them: a clone takes what it understands.
    case .cloneOptions: return try reader.text(key, scalars: Limits.text)
    case .tags, .path, .own: return nil
    }
  }

  /// Checks what a person gives.
  func check(_ text: String) throws(InvalidValue) {
    switch kind {
    case .line(let limit):
      guard text.unicodeScalars.count <= limit else {
        throw InvalidValue(key, .longer(characters: limit))
      }
      try checkCharacters(text, .line)
    case .prose(let limit):
      if text.utf8.count > limit { throw InvalidValue(key, .larger(bytes: limit)) }
      try checkCharacters(text, .prose)
    case .words(let words):
      guard words.containsBytes(of: text) else {
        throw InvalidValue(key, .noneOf(words, text))
      }
    case .webPage:
      guard WebPage.isValid(text) else {
        throw InvalidValue(key, .notAWebPage(text))
      }
    case .cloneOptions:
      guard CloneOptions(text) != nil else {
        throw InvalidValue(key, .notCloneOptions(text))
      }
    case .tags, .path, .own: break
    }
  }

  private func checkCharacters(_ text: String, _ rule: TextRule) throws(InvalidValue) {
    guard let scalar = rule.firstRefused(in: text) else { return }
    throw InvalidValue(key, .controlCharacter(scalar))
  }
}

extension NamedValue {
  fileprivate static var words: [String] { allCases.map(\.rawValue) }
}
