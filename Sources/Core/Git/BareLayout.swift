import SystemSupport
import ByteStrings
import SystemPackage

/// Bare repositories that are kept inside a project's directory, with its work trees beside them: `proj/.git` that is bare,
/// or `proj/.bare` and a file `proj/.git` that leads to it. The directory around stands for the project.
enum BareLayout {
  /// The directory around a bare repository that is kept in this way; nil for one that stands by itself.
  static func directory(around gitDirectory: FilePath) -> FilePath? {
    var parent = gitDirectory.removingLastComponent()
    if gitDirectory.lastComponent?.string == ".git" { return parent }
    if let root = JujutsuRepository.root(ofStore: gitDirectory) { return root }
    for _ in 0..<depth where parent.lastComponent != nil {
      if leads(parent, to: gitDirectory) { return parent }
      parent = parent.removingLastComponent()
    }
    return nil
  }

  /// How deep in a directory its bare repository is looked for.
  static let depth = 3

  /// Whether the `.git` of a directory is this git directory, or a file that leads to it.
  static func leads(_ directory: FilePath, to gitDirectory: FilePath) -> Bool {
    GitDirectory.ofWorkTree(directory).map { Files.isSame($0, gitDirectory) } ?? false
  }

  /// Linked worktrees that are looked at, of one repository.
  private static let limit = 1000

  /// Where a repository says that its linked worktrees are, with their git directories.
  private static func claimedWorkTrees(of common: FilePath) -> [(place: FilePath, gitDirectory: FilePath)] {
    let folder = common.appending("worktrees")
    guard Files.kind(of: folder) == .directory, let names = try? Files.names(in: folder) else { return [] }
    return names.prefix(limit).compactMap { name in
      let own = folder.pushing(FilePath(bytes: name))
      guard let bytes = try? Files.read(own.appending("gitdir"), limit: Limits.smallFile) else { return nil }
      let line = FilePath(bytes: Array(bytes.prefix { $0 != UInt8(ascii: "\n") }))
      return ((line.isAbsolute ? line : own.pushing(line)).removingLastComponent(), own)
    }
  }

  /// Where a repository has linked worktrees that are not there: they were moved, or their disk is elsewhere. Nobody can say what
  /// they hold; `git worktree prune` forgets them.
  static func lostWorkTrees(of common: FilePath) -> [FilePath] {
    claimedWorkTrees(of: common).filter { !leads($0.place, to: $0.gitDirectory) }.map(\.place)
      .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
  }

  /// Where a repository has linked worktrees that git-worktree(1) keeps whether they are there or not: those that are locked.
  static func lockedWorkTrees(of common: FilePath) -> [FilePath] {
    claimedWorkTrees(of: common).filter {
      Files.kind(of: $0.gitDirectory.appending("locked"), followingLinks: false) == .file
    }.map(\.place)
  }

  /// The linked worktrees of a repository, each confirmed from both ends: first those that have the repository's own
  /// HEAD checked out, each group sorted by path.
  static func linkedWorkTrees(of common: FilePath) -> [FilePath] {
    let claimed = claimedWorkTrees(of: common)
    if claimed.isEmpty { return [] }
    let head = try? Files.read(common.appending("HEAD"), limit: Limits.smallFile)
    var found: [(isDefault: Bool, path: FilePath)] = []
    for (directory, own) in claimed {
      guard leads(directory, to: own), let path = directory.resolved else { continue }
      let isDefault = head != nil && (try? Files.read(own.appending("HEAD"), limit: Limits.smallFile)) == head
      found.append((isDefault, path))
    }
    return found.sorted { one, other in
      one.isDefault == other.isDefault
        ? one.path.bytes.lexicographicallyPrecedes(other.path.bytes) : one.isDefault
    }.map(\.path)
  }
}
