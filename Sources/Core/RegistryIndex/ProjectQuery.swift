public import SystemSupport
import ByteStrings
import Registry
public import SystemPackage

/// What a person names a project by: an id or its beginning, a name, as much of `host/owner/name` as is unique, a URL or a
/// path.
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

  /// The one project that is meant, tried in this order: its full id; the path of one (with a slash, or `.` and `..`); its
  /// exact name; its URL in any form; four or more digits that begin its id alone; as much of `host/owner/name` as is
  /// unique; a path into it. Of several, what is on this machine goes before what is not.
  ///
  /// - Throws: ``RegistryIndexError`` when there is none, with those that may have been meant, or when there are several.
  public func find(in view: View) throws -> ViewRow {
    do {
      return try findExactly(in: view)
    } catch RegistryIndexError.unknownProject(let text, _) {
      throw RegistryIndexError.unknownProject(text, view.similar(to: text))
    } catch RegistryIndexError.noProject(let text, _) {
      throw RegistryIndexError.noProject(atPath: text, view.similar(to: text))
    }
  }

  /// As ``find(in:)``, without looking for what may have been meant.
  public func findExactly(in view: View) throws -> ViewRow {
    if isID, let row = view.row(id: text) { return row }
    if isPath, let row = try one(atPath(in: view), .path, view) { return row }
    if let row = try one(view.rows(where: .name, is: text), .name, view) { return row }
    if let url = address, let row = try one(view.rows(at: url), .url, view) { return row }
    if !isPath, text.utf8.count >= 4, text.allSatisfy(\.isHexDigit),
      let row = try one(view.rows(idPrefix: text.lowercased()), .idPrefix, view)
    {
      return row
    }
    if !isPlain, let row = try one(view.rows(called: remotePath ?? text), .name, view) { return row }
    guard isPath else { throw RegistryIndexError.unknownProject(text) }
    if let row = try one(aroundPath(in: view), .path, view) { return row }
    throw RegistryIndexError.noProject(atPath: text, .none)
  }

  /// Whether a name is looked for before anything else: it is neither a full id nor a path.
  public var mayBeName: Bool { !isID && !isPath }

  /// Whether it is several words that are neither a path nor a URL.
  public var areWordsApart: Bool { text.holds(" ") && !isPath && !text.holds(":") }

  private var isPath: Bool { text.holds("/") || text == "." || text == ".." }

  private var isID: Bool { text.utf8.count == 40 && text.allSatisfy { $0.isHexDigit && !$0.isUppercase } }

  /// Whether the text can be nothing but a path.
  private var isPlain: Bool {
    text == "." || text == ".." || ["/", "./", "../"].contains(where: text.hasPrefix)
  }

  /// Whether the text is a URL with a host.
  public var isAddress: Bool { address != nil }

  /// The URL that the text is, which has a host; nil for anything else.
  private var address: RemoteURL? {
    guard text.holds(":"), let url = try? RemoteURL(text),
      !url.normalized.begins(with: "/") || text.holds(text: "://")
    else { return nil }
    return url
  }

  /// The path of a URL whose host is a name of this machine's configuration alone, such as `work:owner/name`.
  private var remotePath: String? {
    guard RemoteURL.isAliasCandidate(text), let colon = text.firstIndex(at: ":") else { return nil }
    let path = text[text.index(after: colon)...].drop { $0 == "/" }
    return path.isEmpty ? nil : String(path)
  }

  private var place: FilePath { FilePath(text: text).absolute(against: directory).resolvedAsFarAsItExists }

  private func atPath(in view: View) -> [ViewRow] { view.rows(where: .paths, is: place.text) }

  /// The projects at the nearest directory above the path that is one, where something is at the path.
  private func aroundPath(in view: View) -> [ViewRow] {
    let path = place
    guard text == "." || text == ".." || Files.kind(of: path) != nil else { return [] }
    return view.projectPath(around: path).map { view.rows(where: .paths, is: $0.text) } ?? []
  }

  /// What is on this machine goes before what is not.
  static func preferred(_ rows: [ViewRow]) -> [ViewRow] {
    guard rows.count > 1 else { return rows }
    let here = rows.filter { !$0.isEmpty(.paths) }
    return here.isEmpty ? rows : here
  }

  private func one(
    _ rows: [ViewRow], _ naming: RegistryIndexError.Naming, _ view: View
  ) throws(RegistryIndexError) -> ViewRow? {
    let rows = Self.preferred(rows)
    guard rows.count > 1 else { return rows.first }
    throw .ambiguousProject(text, naming, RegistryIndexError.Candidates(rows, in: view))
  }
}
