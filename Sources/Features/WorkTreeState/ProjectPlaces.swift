import SystemSupport
public import RegistryIndex
public import SystemPackage

/// Where projects are on this machine, and which of these places may be parts of a repository.
///
/// What is registered as a repository of its own, and is within another one by now, is not what it was; only what is registered
/// as a part may be one.
public struct ProjectPlaces: Sendable {
  /// Each place with its project, in the order of the projects.
  public let all: [(row: ViewRow, path: FilePath)]
  /// Those places that may be parts of a repository's work tree.
  public let parts: Set<FilePath>

  /// The places of these projects.
  public init(of rows: [ViewRow]) {
    all = rows.flatMap { row in row.paths.map { (row, FilePath(text: $0)) } }
    parts = Set(all.lazy.filter { !$0.row.isEmpty(.subdirectory) }.map(\.path))
  }

  /// The places.
  public var paths: [FilePath] { all.map(\.path) }

  /// How the one at a path is examined.
  public func options(for path: FilePath) -> CheckoutState.Options {
    var options = CheckoutState.Options()
    options.allowsParts = parts.contains(path)
    return options
  }
}
