import Terminal
public import SystemSupport
import ByteStrings
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
  /// - Throws: a `Failure` with status 1 when there is none, or when there are several, which it lists.
  public func find(in view: View) throws -> ViewRow {
    if isID, let row = view.row(id: text) { return row }
    let isPath = text.contains("/") || text == "." || text == ".."
    let placed = isPath ? atPath(in: view) : []
    if !placed.isEmpty { return try one(placed, "the path", "is there") }
    let named = view.rows(where: .name, is: text)
    if !named.isEmpty { return try one(named, "the name", "has it") }
    if isPath { return try one([], "the path", "is there") }
    if text.utf8.count >= 4, text.allSatisfy(\.isHexDigit) {
      let begun = view.rows(idPrefix: text.lowercased())
      if !begun.isEmpty { return try one(begun, "the beginning of an id", "has it") }
    }
    throw Failure.no(
      "no project is known by '\(Quoting.visible(text))'", hints: "'dev-infra list --all' shows all there are"
    )
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

  private func one(_ rows: [ViewRow], _ what: String, _ relation: String) throws -> ViewRow {
    guard let first = rows.first else {
      throw Failure.no(
        "no project is known at \(what) '\(Quoting.visible(text))'",
        hints: "'dev-infra register' registers the one there, 'dev-infra list --all' shows all there are")
    }
    guard rows.count > 1 else { return first }
    let candidates = rows.prefix(10).map { row in
      let place = row.paths.first.map { Quoting.visible($0) } ?? "not on this machine"
      return "\(row.id.prefix(12)) \(Quoting.visible(row.name)) (\(place))"
    }
    throw Failure(
      status: ExitStatus.no,
      message:
        "\(what) '\(Quoting.visible(text))' is ambiguous, since more than one project \(relation): name it by its id",
      hints: candidates)
  }
}
