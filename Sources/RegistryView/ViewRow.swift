import Platform
public import Registry

/// A column of the view, in the order in which the columns stand: what is asked for most comes first.
public enum ViewColumn: Int, CaseIterable, Sendable {
  /// The project's id, 40 hexadecimal digits.
  case id
  /// Its name.
  case name
  /// Where it is on this machine, a list; empty when it is not here.
  case paths
  /// The normalised remote URL, which two clones of one project share.
  case key
  /// Its status.
  case status
  /// Its project type.
  case projectType = 5
  /// Its tags, a list.
  case tags
  /// The machines that have it, a list of ids.
  case machines
  /// The root commit.
  case rootCommit
  /// The directory below the repository's root that holds it.
  case subdirectory
  /// The remote URL.
  case remoteURL
  /// When the entry was last changed.
  case updated
  /// The machine that last changed it.
  case updatedBy
  /// The date it was created.
  case created
  /// Its classification.
  case classification
  /// Its organization.
  case organization
  /// The template it was made from.
  case template
  /// The version of dev-infra that made it.
  case version
  /// The default branch.
  case defaultBranch
  /// The identity record.
  case identity
  /// The description.
  case description
  /// What the entry holds beside all of the above, as one JSON object; empty when nothing.
  case unknown
}

/// One project as the view has it: the entry, and which machines have it where.
public struct ViewRow: Equatable, Sendable {
  /// The columns' texts, by ``ViewColumn``; a list is joined by NUL.
  private var texts: [String]

  /// The row of a project.
  ///
  /// - Parameters:
  ///   - key: the project's normalised remote URL; empty without one.
  ///   - paths: where it is on this machine.
  ///   - machines: the machines that have it.
  public init(_ project: Project, key: String, paths: [String], machines: [MachineID]) {
    texts = Array(repeating: "", count: ViewColumn.allCases.count)
    self[.id] = project.id.hex
    self[.name] = project.name
    self[.paths] = paths.joined(separator: "\0")
    self[.key] = key
    self[.status] = project.status.rawValue
    self[.projectType] = project.projectType?.rawValue ?? ""
    self[.tags] = project.tags.joined(separator: "\0")
    self[.machines] = machines.map(\.hex).joined(separator: "\0")
    self[.rootCommit] = project.rootCommit ?? ""
    self[.subdirectory] = project.subdirectory?.text ?? ""
    self[.remoteURL] = project.remoteURL ?? ""
    self[.updated] = project.updated.description
    self[.updatedBy] = project.updatedBy.hex
    self[.created] = project.created.description
    self[.classification] = project.classification?.rawValue ?? ""
    self[.organization] = project.organization ?? ""
    self[.template] = project.template ?? ""
    self[.version] = project.version ?? ""
    self[.defaultBranch] = project.defaultBranch ?? ""
    self[.identity] = project.identity
    self[.description] = project.description ?? ""
    self[.unknown] = project.unknown.isEmpty ? "" : JSON.object(project.unknown).compact
  }

  /// A row read from the view's file; missing columns are empty.
  init(texts: [String]) {
    self.texts = texts + Array(repeating: "", count: max(0, ViewColumn.allCases.count - texts.count))
  }

  /// A column's text; a list is joined by NUL.
  public private(set) subscript(column: ViewColumn) -> String {
    get { texts[column.rawValue] }
    set { texts[column.rawValue] = newValue }
  }

  /// A column's items.
  public func list(_ column: ViewColumn) -> [String] {
    self[column].isEmpty ? [] : self[column].split(separator: "\0").map(String.init)
  }

  /// The project's id.
  public var id: String { self[.id] }
  /// The project's name.
  public var name: String { self[.name] }
  /// Where it is on this machine.
  public var paths: [String] { list(.paths) }
}
