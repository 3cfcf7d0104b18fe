import Glibc
import ByteStrings

/// Which projects of a view are meant, and in which order.
public struct Selection: Sendable {
  /// Also projects that are not on this machine.
  public var all = false
  /// Only those that one of these machines has, by id or name.
  public var machines: [String] = []
  /// Only those whose fields have exactly one of these texts, by key.
  public var fields: [String: [String]] = [:]
  /// Only those that have all of these tags.
  public var tags: [String] = []
  /// Only the one at this path, absolute, or at the nearest directory above it.
  public var path: String?
  /// Only those whose name matches one of these globs, or whose path does where the glob has a slash.
  public var patterns: [String] = []
  /// What they are sorted by.
  public var sort = SortKey(atom: .name, reversed: false)

  /// Every project on this machine, by name.
  public init() {}

  /// Whether anything beside ``all`` narrows it.
  public var isNarrowed: Bool {
    !machines.isEmpty || !fields.isEmpty || !tags.isEmpty || path != nil || !patterns.isEmpty
  }

  /// The selected rows of `view`, sorted.
  public func rows(of view: View) -> [ViewRow] {
    let named = view.machineNames.filter { machines.containsBytes(of: $0.value) }.keys
    let wanted = Set(machines).union(named)
    let isNarrowed = isNarrowed
    let texts = fields.map { (ViewColumn.field($0), $1) }
    let matched = view.rows.filter { row in
      if !machines.isEmpty {
        guard row.list(.machines).contains(where: wanted.contains) else { return false }
      } else if !all, row.isEmpty(.paths) {
        return false
      }
      guard isNarrowed else { return true }
      return texts.allSatisfy { $1.containsBytes(of: row[$0]) }
        && (tags.isEmpty
          || Set(row.list(.tags).map { ByteString($0) }).isSuperset(of: tags.map { ByteString($0) }))
        && (path.map { row.paths.containsBytes(of: $0) } ?? true)
        && (patterns.isEmpty || patterns.contains { Self.matches($0, row) })
    }
    return sort.sorted(matched, in: view)
  }

  private static func matches(_ pattern: String, _ row: ViewRow) -> Bool {
    let subjects = pattern.contains("/") ? row.paths : [row.name]
    let glob = ByteText.bytes(of: pattern).map { CChar(bitPattern: $0) } + [0]
    return subjects.contains { subject in
      let text = ByteText.bytes(of: subject).map { CChar(bitPattern: $0) } + [0]
      return fnmatch(glob, text, caseFolding) == 0
    }
  }

  /// `FNM_CASEFOLD`, a GNU and BSD extension that the C library's module does not export.
  private static let caseFolding: Int32 = 1 << 4
}

/// What a listing is sorted by: an atom, and the way round.
public struct SortKey: Sendable {
  /// The value that counts.
  public let atom: RowAtom
  /// Largest first.
  public let reversed: Bool

  /// A key of its parts.
  public init(atom: RowAtom, reversed: Bool) {
    self.atom = atom
    self.reversed = reversed
  }

  /// A key as it is given: an atom's name, with `-` before it the other way round; nil when there is no such atom.
  public init?(_ text: String) {
    let reversed = text.hasPrefix("-")
    guard let atom = RowAtom(rawValue: reversed ? String(text.dropFirst()) : text) else { return nil }
    self.init(atom: atom, reversed: reversed)
  }

  func sorted(_ rows: [ViewRow], in view: View) -> [ViewRow] {
    let keyed = rows.map { row in
      let text = atom.text(of: row, in: view)
      return (key: atom == .name ? text.lowercased() : text, row: row)
    }
    // The id decides between equal keys, so that the same registry is always listed alike.
    let ordered = keyed.sorted { $0.key == $1.key ? $0.row.id < $1.row.id : $0.key < $1.key }.map(\.row)
    return reversed ? ordered.reversed() : ordered
  }
}
