public import SystemSupport
public import SystemPackage

/// What a person names a project by: an id, a path, a name, or the beginning of an id.
public struct ProjectQuery: Sendable {
  /// The text as it was given.
  public let text: String
  private let directory: FilePath

  /// - Parameter directory: what relative paths start from.
  public init(_ text: String, directory: FilePath) {
    self.text = text
    self.directory = directory
  }

  /// Queries for these texts, relative to the current directory.
  public static func all(_ texts: [String]) throws(SystemError) -> [ProjectQuery] {
    let directory = try Environment.currentDirectory()
    return texts.map { ProjectQuery($0, directory: directory) }
  }

  /// The one project that is meant, tried in this order: its full id; a path (with a slash, or `.` and `..`) to or
  /// into it; its exact name; four or more digits that begin its id alone.
  ///
  /// - Throws: ``RegistryIndexError`` when there is none, or when there are several.
  public func find(in view: View) throws -> ViewRow {
    if isID, let row = view.row(id: text) { return row }
    let isPath = text.contains("/") || text == "." || text == ".."
    let placed = isPath ? atPath(in: view) : []
    if !placed.isEmpty { return try one(placed, .path) }
    let named = view.rows(where: .name, is: text)
    if !named.isEmpty { return try one(named, .name) }
    if isPath { throw RegistryIndexError.noProject(atPath: text) }
    if text.utf8.count >= 4, text.allSatisfy(\.isHexDigit) {
      let begun = view.rows(idPrefix: text.lowercased())
      if !begun.isEmpty { return try one(begun, .idPrefix) }
    }
    throw RegistryIndexError.unknownProject(text)
  }

  private var isID: Bool { text.utf8.count == 40 && text.allSatisfy { $0.isHexDigit && !$0.isUppercase } }

  /// The projects at the path, or else, where something is there, at the nearest directory above it that is one.
  private func atPath(in view: View) -> [ViewRow] {
    let path = FilePath(text: text).absolute(against: directory).resolvedAsFarAsItExists
    let exact = view.rows(where: .paths, is: path.text)
    let isPlain = text == "." || text == ".."
    guard exact.isEmpty, isPlain || Files.kind(of: path) != nil else { return exact }
    return view.projectPath(around: path).map { view.rows(where: .paths, is: $0.text) } ?? []
  }

  private func one(_ rows: [ViewRow], _ naming: RegistryIndexError.Naming) throws(RegistryIndexError)
    -> ViewRow
  {
    guard rows.count == 1 else { throw .ambiguousProject(text, naming, rows) }
    return rows[0]
  }
}
