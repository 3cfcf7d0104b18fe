import ByteStrings
public import Registry

/// What a condition may ask of a project: each field of the entry, where the project is, and what state its working trees are
/// in.
public struct ConditionField: Hashable, Sendable {
  /// What a value is, which says how it is compared.
  public enum Kind: Hashable, Sendable {
    /// Text, which has no order.
    case text
    /// One of these words.
    case words([String])
    /// A moment or a day.
    case time
    /// A version, such as `1.10.2-rc.1`.
    case version
    /// A number, which as a word alone asks whether it is above 0.
    case count
    /// A yes or no, which takes no value.
    case flag
  }

  enum Source: Hashable, Sendable {
    case column(ViewColumn)
    case here
    case state(StateField)
  }

  /// Its name, as it is printed.
  public let name: String
  /// What a value is.
  public let kind: Kind
  let source: Source

  private init(_ name: String, _ kind: Kind, _ source: Source) {
    self.name = name
    self.kind = kind
    self.source = source
  }

  /// Every field of the entries' table, the index's own, and those of the state.
  public static let all: [ConditionField] =
    ProjectField.all.map { field in
      let kind: Kind =
        switch field.kind {
        case .words(let words): .words(words)
        default: field.isTime ? .time : field.isVersion ? .version : .text
        }
      return ConditionField(field.key, kind, .column(.field(field.key)))
    } + [
      ConditionField("path", .text, .column(.paths)), ConditionField("remote", .text, .column(.key)),
      ConditionField("machines", .text, .column(.machines)), ConditionField("here", .flag, .here),
    ] + StateField.allCases.map { ConditionField($0.rawValue, $0.kind, .state($0)) }

  /// Other names, those of options and other commands.
  public static let aliases = [
    "tag": FieldKey.tags.rawValue, "type": FieldKey.projectType.rawValue, "machine": "machines",
    "paths": "path",
    "url": FieldKey.remoteURL.rawValue,
  ]

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// The field of this name, or that the name is another one of.
  public init?(_ name: String) {
    guard let field = Self.byName[Self.aliases[name] ?? name] else { return nil }
    self = field
  }

  /// Whether it is read from the working trees.
  public var isState: Bool { if case .state = source { true } else { false } }

  /// Whether it is a word by itself: `dirty`.
  public var isWord: Bool { kind == .flag || kind == .count }

  /// The field of the entries' table that it is; nil for what no entry has.
  public var projectField: ProjectField? { ProjectField(name) }

  /// Checks that a value can be compared so.
  func fault(_ comparison: Condition.Comparison, _ value: String) -> ConditionError.Fault? {
    switch kind {
    case .flag: return .takesNoValue(self)
    case .text: return comparison.isOrder ? .noOrder(self) : nil
    case .words(let words):
      if comparison.isOrder { return .noOrder(self) }
      if comparison == .matches, ConditionGlob.isGlob(value) { return nil }
      let isKnown =
        comparison == .matches
        ? words.contains { $0.lowercased() == value.lowercased() }
        : words.containsBytes(of: value) || value.isEmpty
      return isKnown ? nil : .unknownValue(self, value)
    case .time:
      guard let time = ConditionTime(value) else { return .notATime(value) }
      return time.isSpan && !comparison.isOrder ? .spanWithoutOrder(value) : nil
    case .version:
      return comparison.isOrder && ConditionVersion(value) == nil ? .notAVersion(value) : nil
    case .count:
      return value.utf8.count <= 9 && !value.isEmpty && value.utf8.allSatisfy { (0x30...0x39).contains($0) }
        ? nil : .notANumber(self, value)
    }
  }
}
