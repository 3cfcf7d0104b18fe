public import SystemPackage

/// Why a registry, its view, or a project in it cannot be had.
public enum RegistryIndexError: Error, Equatable, Sendable {
  /// What there is instead of a registry.
  public enum Absence: Equatable, Sendable {
    /// There is nothing at the path.
    case nothing
    /// Something other than a directory.
    case notADirectory
    /// A directory that has no registry's main branch.
    case noMainBranch
  }

  /// What a person's text for a project was taken for.
  public enum Naming: Equatable, Sendable {
    /// A path to it or into it.
    case path
    /// Its name, or as much of `host/owner/name` as is unique.
    case name
    /// The URL of its remote.
    case url
    /// Four or more digits that its id begins with.
    case idPrefix
    /// Parts of its name and of the way to it, as ``PartsSearch`` reads them.
    case parts
  }

  /// One of several projects that a text may stand for.
  public struct Candidate: Equatable, Sendable {
    /// The project's row in the view that was searched.
    public let row: ViewRow
    /// A text that means it alone: the end of `host/owner/name`, a path, or the beginning of its id.
    public let name: String
  }

  /// Projects that a text may stand for.
  public struct Candidates: Equatable, Sendable {
    /// No project.
    public static let none = Candidates(rows: [], named: [])
    /// All of them.
    public let rows: [ViewRow]
    /// The first of them, and what each can be called.
    public let named: [Candidate]

    private init(rows: [ViewRow], named: [Candidate]) {
      self.rows = rows
      self.named = named
    }

    /// - Parameters:
    ///   - shareName: whether all have one name, which then says nothing.
    ///   - limit: how many of them are to be named.
    public init(_ rows: [ViewRow], in view: View, shareName: Bool = true, naming limit: Int = 10) {
      self.rows = rows
      let first = Array(rows.prefix(limit))
      named = zip(first, view.distinctNames(of: first)).map { row, name in
        let isEnough = !shareName && view.isCalled(row.name, row)
        return Candidate(row: row, name: isEnough ? row.name : name)
      }
    }
  }

  /// The environment names no registry, and no home directory either.
  case registryNotNamed
  /// There is no registry here.
  case noRegistry(at: FilePath, Absence)
  /// The registry's view is out of date and was not brought up to date.
  case viewNotUpdated(registry: FilePath)
  /// No project is known by this text; those that may have been meant.
  case unknownProject(String, Candidates = .none)
  /// The text is a path, and no project is there; those that may have been meant.
  case noProject(atPath: String, Candidates = .none)
  /// The text stands for more than one project.
  case ambiguousProject(String, Naming, Candidates)
  /// A condition asks for the state of working trees, and the caller cannot read it.
  case stateNotAvailable
  /// A format asks for a field that no project has.
  case unknownField(String, known: [String])
  /// A format has a `%` with nothing behind it that means anything.
  case malformedFormat(String)
}
