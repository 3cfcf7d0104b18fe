import Git
import Registry
public import RegistryIndex
public import RegistryStore
public import SystemPackage
import SystemSupport
public import WorkTreeState

extension UnsavedFindings {
  /// Examines the checkouts of some projects, and takes what they have.
  ///
  /// - Parameter progress: called on this thread, now and then, with how many are done.
  public mutating func take(checkoutsOf rows: [ViewRow], progress: (Int) -> Void = { _ in }) {
    let places = ProjectPlaces(of: rows)
    let results = UnsavedWork.readAll(places.paths, parts: places.parts, progress: progress)
    for (path, result) in zip(places.paths, results) { take(path, result) }
  }

  /// Takes what the registry has that is on no remote elsewhere.
  public mutating func takeRegistry(_ store: borrowing RegistryStore) throws {
    let configuration = try store.repository.configuration()
    var least: Int?
    for name in try store.remotes() where try configuration.isRemoteElsewhere(name) {
      let status: SyncStatus = try store.status(of: RemoteBranch(name, in: store))
      least = min(least ?? status.toPush, status.toPush)
    }
    if let least {
      add(store.directory, .registryToPush, least)
    } else {
      add(store.directory, .registryWithoutRemote, try store.view().rows.count)
    }
  }

  /// The directories that texts name, for ``take(below:outside:besides:)``.
  ///
  /// - Parameter directory: what relative ones start from.
  /// - Throws: ``MachineStatesError/notADirectory(_:)`` for the first that is not one.
  public static func roots(_ texts: [String], from directory: FilePath) throws(MachineStatesError)
    -> [FilePath]
  {
    var roots: [FilePath] = []
    for text in texts {
      let root = FilePath(text: text).absolute(against: directory)
      guard let resolved = root.resolved, Files.kind(of: resolved) == .directory else {
        throw .notADirectory(root)
      }
      roots.append(resolved)
    }
    return roots
  }

  /// Takes what is in no project of a view below some directories, the registry itself left out.
  public mutating func take(
    below roots: [FilePath], outside view: View, besides store: borrowing RegistryStore
  ) {
    if roots.isEmpty { return }
    let registered = Set(view.rows.flatMap { row in row.paths.map { FilePath(text: $0) } })
    let registry = store.directory.resolved ?? store.directory
    let search = OutsideFiles(registered: registered, excluded: [registry])
    for root in roots {
      take(search.search(root))
      // The user's own templates are in it, and in no commit.
      let templates = registry.appending("templates")
      if registry.starts(with: root), Files.kind(of: templates) == .directory {
        take(search.search(templates))
      }
    }
  }
}
