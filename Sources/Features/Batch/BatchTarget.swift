import SystemSupport
import ByteStrings
public import RegistryIndex
public import SystemPackage

/// A checkout that a command works on, among others.
public struct BatchTarget: Sendable {
  /// The project's id.
  public let id: String
  /// The project's name.
  public let name: String
  /// What it is called among the others: its name, or as much of `host/owner/name` as tells it from those of the same name.
  public let calledName: String
  /// The URL of the project's remote; empty without one.
  public let remoteURL: String
  /// Where it is.
  public let path: FilePath

  /// A checkout of its parts.
  public init(id: String, name: String, calledName: String, remoteURL: String, path: FilePath) {
    (self.id, self.name, self.calledName) = (id, name, calledName)
    (self.remoteURL, self.path) = (remoteURL, path)
  }

  /// Whether there is a directory.
  public var isThere: Bool { Files.kind(of: path) == .directory }

  /// The checkouts of these projects on this machine, in their order; a project that is not here has none.
  ///
  /// - Parameter all: whether of a project with several paths each is meant, or only the first at which something is: the
  ///   main work tree, where it has one.
  public static func all(of rows: [ViewRow], in view: View, everyPath all: Bool) -> [BatchTarget] {
    let owners = view.ownersOfSharedNames(in: rows)
    return rows.flatMap { row in
      let paths = row.paths.map { FilePath(text: $0) }
      let chosen =
        all ? paths : (paths.first { Files.kind(of: $0) == .directory } ?? paths.first).map { [$0] }
      let (id, name) = (row.id, row.name)
      return (chosen ?? []).map {
        BatchTarget(
          id: id, name: name, calledName: owners[id] ?? name, remoteURL: row[.remoteURL], path: $0)
      }
    }
  }

  /// Each checkout of these projects that is there; of a project of which none is there, its first.
  public static func everyOneThere(of rows: [ViewRow], in view: View) -> [BatchTarget] {
    let all = all(of: rows, in: view, everyPath: true)
    let there = Set(all.indices.filter { all[$0].isThere })
    var known = Set(there.map { all[$0].id })
    return all.indices.filter { there.contains($0) || known.insert(all[$0].id).inserted }.map { all[$0] }
  }
}
