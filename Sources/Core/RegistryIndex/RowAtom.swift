public import Registry

/// A value of a project that a format can name and a listing can be sorted by: each field, and where the project is.
public struct RowAtom: Hashable, Sendable, CaseIterable {
  enum Form {
    case text, list, first, machine, machines
  }

  /// The name in `%(…)` and in `--sort`: the key of a field, or `path`, `paths` or `machines`.
  public let rawValue: String
  let column: ViewColumn
  let form: Form

  private init(_ name: String, _ column: ViewColumn, _ form: Form) {
    rawValue = name
    self.column = column
    self.form = form
  }

  /// The atom of a field of the entry; it has the field's key as its name.
  public init(_ field: FieldKey) {
    let column = ViewColumn.field(field)
    self.init(field.rawValue, column, column == .tags ? .list : column == .updatedBy ? .machine : .text)
  }

  /// Every atom: those of the fields, in the order of their table, and then the places.
  public static let allCases = ProjectField.all.map { RowAtom($0.fieldKey) } + [path, paths, machines]

  private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

  /// The atom of this name.
  public init?(rawValue: String) {
    guard let atom = Self.byName[rawValue] else { return nil }
    self = atom
  }

  /// The first path on this machine.
  public static let path = RowAtom("path", .paths, .first)
  /// All paths on this machine, with commas between.
  public static let paths = RowAtom("paths", .paths, .list)
  /// The names of the machines that have it, with commas between.
  public static let machines = RowAtom("machines", .machines, .machines)
  /// The project's name, which others may share.
  public static let name = RowAtom(.name)
  /// The word of the project's ``ProjectStatus``.
  public static let status = RowAtom(.status)
  /// The word of the project's ``ProjectType``; empty without one.
  public static let projectType = RowAtom(.projectType)
  /// The tags, with commas between.
  public static let tags = RowAtom(.tags)

  /// What a list shows of a project where nobody asked for anything else.
  static let usual = [name, status, projectType, tags, path, machines]

  /// The atom's text for a row; a list's items have commas between.
  public func text(of row: ViewRow, in view: View) -> String {
    switch form {
    case .text: row[column]
    case .list: row.list(column).joined(separator: ",")
    case .first: row.list(column).first ?? ""
    case .machine: view.name(of: row[column])
    case .machines: row.list(column).map { view.name(of: $0) }.joined(separator: ",")
    }
  }

  /// What a JSON object has for it; nil where that is nothing.
  fileprivate func json(of row: ViewRow, in view: View) -> JSON? {
    switch form {
    case .first: return nil
    case .list where self == .paths: return .array(row.paths.map { .string(JSONText.path($0)) })
    case .list: return .array(row.list(column).map(JSON.string))
    case .machines: return .array(row.list(column).map { .string(view.name(of: $0)) })
    // A field's own value, where a list for people has the machine's name.
    case .machine: return .string(row[column])
    case .text:
      let text = row[column]
      return text.isEmpty ? nil : .string(text)
    }
  }
}

extension View {
  /// A row as a JSON object: the entry's own fields, and `paths` (on this machine) and `machines` (by name).
  public func json(of row: ViewRow) -> JSON {
    var fields: JSON.Members = [:]
    if case .object(let unknown)? = try? JSON.parse(Array(row[.unknown].utf8)) { fields = unknown }
    for atom in RowAtom.allCases {
      if let value = atom.json(of: row, in: self) { fields[atom.rawValue] = value }
    }
    return .object(fields)
  }
}
