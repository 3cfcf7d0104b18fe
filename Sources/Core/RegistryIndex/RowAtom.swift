public import Registry

/// A value of a project that a format can name and a listing can be sorted by.
public enum RowAtom: String, CaseIterable, Sendable {
  /// The id.
  case id
  /// The identity record.
  case identity
  /// The name.
  case name
  /// The date it was created.
  case created
  /// The status.
  case status
  /// When the entry was last changed.
  case updated
  /// The name of the machine that last changed it.
  case updatedBy = "updated_by"
  /// The description.
  case description
  /// The template it was made from.
  case template
  /// The version of dev-infra that made it.
  case version
  /// The classification.
  case classification
  /// The project type.
  case projectType = "project_type"
  /// The organization.
  case organization
  /// The tags, with commas between.
  case tags
  /// The remote URL.
  case remoteURL = "remote_url"
  /// The root commit.
  case rootCommit = "root_commit"
  /// The default branch.
  case defaultBranch = "default_branch"
  /// The directory below the repository's root.
  case subdirectory
  /// The first path on this machine.
  case path
  /// All paths on this machine, with commas between.
  case paths
  /// The names of the machines that have it, with commas between.
  case machines

  /// The atom's text for a row; a list's items have commas between.
  public func text(of row: ViewRow, in view: View) -> String {
    switch self {
    case .path: row.paths.first ?? ""
    case .updatedBy: view.name(of: row[.updatedBy])
    case .machines: row.list(.machines).map { view.name(of: $0) }.joined(separator: ",")
    case .paths, .tags: row.list(column).joined(separator: ",")
    default: row[column]
    }
  }

  private var column: ViewColumn {
    switch self {
    case .id: .id
    case .identity: .identity
    case .name: .name
    case .created: .created
    case .status: .status
    case .updated: .updated
    case .updatedBy: .updatedBy
    case .description: .description
    case .template: .template
    case .version: .version
    case .classification: .classification
    case .projectType: .projectType
    case .organization: .organization
    case .tags: .tags
    case .remoteURL: .remoteURL
    case .rootCommit: .rootCommit
    case .defaultBranch: .defaultBranch
    case .subdirectory: .subdirectory
    case .path, .paths: .paths
    case .machines: .machines
    }
  }
}

extension View {
  /// The name of the machine with this id, with the beginning of the id where two share it; the id where no name is known.
  public func name(of machine: String) -> String { shownNames[machine] ?? machine }

  /// A row as a JSON object: the entry's own fields, and `paths` (on this machine) and `machines` (by name).
  public func json(of row: ViewRow) -> JSON {
    var fields: JSON.Members = [:]
    if case .object(let unknown)? = try? JSON.parse(Array(row[.unknown].utf8)) { fields = unknown }
    for atom in RowAtom.allCases where atom != .path {
      switch atom {
      case .tags: fields["tags"] = .array(row.list(.tags).map(JSON.string))
      case .paths: fields["paths"] = .array(row.paths.map { .string(JSONText.path($0)) })
      case .machines: fields["machines"] = .array(row.list(.machines).map { .string(name(of: $0)) })
      case .updatedBy: fields["updated_by"] = .string(row[.updatedBy])
      default:
        let text = atom.text(of: row, in: self)
        if !text.isEmpty { fields[atom.rawValue] = .string(text) }
      }
    }
    return .object(fields)
  }
}
