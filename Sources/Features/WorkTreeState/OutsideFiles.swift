import ByteStrings
import Git
public import SystemPackage
import SystemSupport

/// What below a directory belongs to no project: files in no repository, and repositories that are not registered.
public struct OutsideFiles: Sendable {
  /// Something that was found.
  public enum Item: Sendable, Hashable {
    /// A repository that is not registered.
    case repository(FilePath)
    /// A file in no repository.
    case file(FilePath)
    /// A directory with no repository in it, and how many files it has.
    case directory(FilePath, files: Int)
    /// A directory that could not be read, and why.
    case unreadable(FilePath, reason: String)
  }

  private let registered: Set<FilePath>
  private let excluded: Set<FilePath>

  /// - Parameters:
  ///   - registered: where projects are.
  ///   - excluded: what is not looked at, such as the registry itself.
  public init(registered: Set<FilePath>, excluded: Set<FilePath>) {
    self.registered = registered
    self.excluded = excluded
  }

  /// All that is below `root`, by the bytes of the paths; symbolic links are not followed, and are files.
  public func search(_ root: FilePath) -> [Item] {
    let found = look(into: root, 0)
    if !found.hasRepository, found.files > 0 {
      return [.directory(root, files: found.files)] + found.unreadable
    }
    return found.items + found.unreadable
  }

  private struct Found {
    var items: [Item] = []
    var unreadable: [Item] = []
    var files = 0
    var hasRepository = false
  }

  private func look(into directory: FilePath, _ depth: Int) -> Found {
    var found = Found()
    if excluded.contains(directory) { return found }
    if RepositoryState.isRoot(directory) {
      found.hasRepository = true
      if isForeign(directory) { found.items = [.repository(directory)] }
      lookForRepositories(in: directory, depth, &found)
      return found
    }
    let names: [[UInt8]]
    do {
      names = try Files.names(in: directory)
    } catch {
      found.unreadable = [.unreadable(directory, reason: error.reason)]
      return found
    }
    if registered.contains(directory) {
      // A project without a repository: all of it is here only.
      found.hasRepository = true
    }
    for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let path = directory.pushing(FilePath(bytes: name))
      guard Files.kind(of: path, followingLinks: false) == .directory, depth < 256 else {
        found.files += 1
        found.items.append(.file(path))
        continue
      }
      let inner = look(into: path, depth + 1)
      found.unreadable += inner.unreadable
      found.files += inner.files
      if inner.hasRepository {
        found.hasRepository = true
        found.items += inner.items
      } else if inner.files > 0 {
        found.items.append(.directory(path, files: inner.files))
      }
    }
    // Of a directory without repositories the number is enough, and takes no memory.
    if !found.hasRepository, depth > 0 { found.items = [] }
    return found
  }

  /// Looks below a repository for others that it ignores or does not know. Its files are its own business, and what a submodule has
  /// is told with the repository that it is part of.
  private func lookForRepositories(in directory: FilePath, _ depth: Int, _ found: inout Found) {
    guard depth < 256, var entries = DirectoryEntries(directory) else { return }
    var paths: [FilePath] = []
    while let entry = entries.next() {
      guard entry.kind == .directory || entry.kind == nil, entry.bytes != Array(".git".utf8) else { continue }
      paths.append(directory.pushing(FilePath(bytes: entry.bytes)))
    }
    for path in paths.sorted(by: { $0.bytes.lexicographicallyPrecedes($1.bytes) })
    where !excluded.contains(path) {
      if RepositoryState.isRoot(path), isForeign(path, within: true) { found.items.append(.repository(path)) }
      lookForRepositories(in: path, depth + 1, &found)
    }
  }

  /// Whether a repository is looked at neither by itself, nor with another that is registered, of which it is a work tree.
  ///
  /// - Parameter isWithin: whether another one is around it, which submodules are looked at with.
  private func isForeign(_ directory: FilePath, within isWithin: Bool = false) -> Bool {
    if registered.contains(directory) { return false }
    guard let info = try? RepositoryInfo.read(at: directory) else { return true }
    if isWithin, info.isSubmodule { return false }
    return !info.knowsWorkTree(at: directory)
      || !registered.contains(info.mainDirectory) && !info.siblings.contains(where: registered.contains)
  }
}
