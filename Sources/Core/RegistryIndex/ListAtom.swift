import ByteStrings

/// What a list can show of a project, print in a format and sort by: what the registry's index has, how much the project is used
/// on this machine, and the state of its working trees. A row of ``all`` adds one.
public struct ListAtom: Sendable {
  /// Where its value comes from.
  public enum Source: Equatable, Sendable {
    /// The row of the registry's index.
    case row(RowAtom)
    /// How much the project is used.
    case rank
    /// When it was used last.
    case lastUse
    /// The working trees on this machine, examined when a list asks for it.
    case state(StateField)
    /// How the working trees are on every machine, as far as it has told.
    case told
  }

  /// The name in `%(…)`, `--sort` and `--columns`.
  public let name: String
  /// What stands above its column.
  public let heading: String
  /// Where its value comes from.
  public let source: Source

  private init(_ name: String, _ source: Source, heading: String? = nil) {
    self.name = name
    self.heading = heading ?? name.replacing("_", with: " ").uppercased()
    self.source = source
  }

  /// Every atom.
  public static let all: [ListAtom] =
    RowAtom.allCases.map { ListAtom($0.rawValue, .row($0), heading: $0 == .projectType ? "TYPE" : nil) } + [
      ListAtom("rank", .rank), ListAtom("last_used", .lastUse), ListAtom("state", .told),
    ] + StateField.allCases.map { ListAtom($0.rawValue, .state($0)) }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// The atom with this name or alias, as in a condition.
  public init?(_ name: String) {
    guard let atom = Self.byName[name] ?? ConditionField.aliases[name].flatMap({ Self.byName[$0] }) else {
      return nil
    }
    self = atom
  }

  /// The columns of a table where nobody asked for others.
  public static let usual: [ListAtom] = RowAtom.usual.compactMap { ListAtom($0.rawValue) }

  /// A format with these atoms.
  ///
  /// - Throws: ``RegistryIndexError`` for an unknown atom or a lone `%`.
  public static func format(_ text: String) throws -> AtomFormat<ListAtom> {
    try AtomFormat(text, known: all.map(\.name)) { ListAtom($0) }
  }

  /// Whether it is this value of the index.
  public func isRow(_ atom: RowAtom) -> Bool { source == .row(atom) }

  /// Whether working trees have to be read for it.
  public var isState: Bool { if case .state = source { true } else { false } }
}
