import SystemSupport
import ByteStrings
public import SystemPackage

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
    let dotGit = directory.appending(".git")
    switch Files.kind(of: dotGit) {
    case .directory: return Files.isSame(dotGit, gitDirectory)
    case .file:
      guard let bytes = try? Files.read(dotGit, limit: Limits.smallFile),
        let target = GitDirectory.target(ofGitfile: bytes)
      else { return false }
      return Files.isSame(target.isAbsolute ? target : directory.pushing(target), gitDirectory)
    default: return false
    }
  }

  /// Linked worktrees that are looked at, of one repository.
  private static let limit = 1000

  /// The linked worktrees that a repository knows and that know it: first those that have its own HEAD checked out, each
  /// group by their paths.
  static func linkedWorkTrees(of common: FilePath) -> [FilePath] {
    let folder = common.appending("worktrees")
    guard Files.kind(of: folder) == .directory, let names = try? Files.names(in: folder) else { return [] }
    let head = try? Files.read(common.appending("HEAD"), limit: Limits.smallFile)
    var found: [(isDefault: Bool, path: FilePath)] = []
    for name in names.prefix(limit) {
      let own = folder.pushing(FilePath(bytes: name))
      guard let bytes = try? Files.read(own.appending("gitdir"), limit: Limits.smallFile) else { continue }
      let line = FilePath(bytes: Array(bytes.prefix { $0 != UInt8(ascii: "\n") }))
      let directory = (line.isAbsolute ? line : own.pushing(line)).removingLastComponent()
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

extension RepositoryInfo {
  /// The directory that stands for the repository: the root of the work tree, the directory around a bare repository that
  /// has its work trees beside it, else the bare repository itself.
  public var root: FilePath { workTree ?? BareLayout.directory(around: gitDirectory) ?? gitDirectory }

  /// The directory that stands for what linked worktrees share: the main work tree, or what ``root`` is of a bare one.
  public var mainDirectory: FilePath {
    kind == .worktree
      ? mainWorkTree ?? BareLayout.directory(around: commonDirectory) ?? commonDirectory : root
  }

  /// Whether the `.git` of a directory is, or leads to, this repository's git directory.
  public func isReached(from directory: FilePath) -> Bool { BareLayout.leads(directory, to: gitDirectory) }

  /// Whether there is a branch of this name.
  public func hasBranch(_ name: String) -> Bool {
    let bytes = ByteText.bytes(of: name)
    return !Files.isMissing(commonDirectory.pushing(FilePath("refs/heads")).pushing(FilePath(bytes: bytes)))
      || branches.contains { $0.elementsEqual(bytes) }
  }

  /// The branches that are packed, and the first parts of the names of those that are not.
  private var branches: [ArraySlice<UInt8>] {
    let loose = (try? Files.names(in: commonDirectory.pushing(FilePath("refs/heads")))) ?? []
    let packed = (try? Files.read(commonDirectory.appending("packed-refs"), limit: 32 << 20)) ?? []
    let names = packed.split(separator: UInt8(ascii: "\n")).map { $0.dropFirst(41) }
      .filter { $0.starts(with: "refs/heads/".utf8) }
    return loose.map { $0[...] } + names.map { $0.dropFirst(11) }
  }

  /// The default branch as far as it can be told: the remote's, the one that a bare repository's HEAD names, else the current
  /// one where it is called as default branches are, or where there is no other.
  public var likelyDefaultBranch: String? {
    if let remoteDefaultBranch { return remoteDefaultBranch }
    guard let current = currentBranch else { return nil }
    if kind == .bare || Self.usualDefaults.contains(current) { return current }
    return branches.allSatisfy { $0.elementsEqual(ByteText.bytes(of: current)) } ? current : nil
  }

  private static let usualDefaults: Set<String> = ["main", "master", "trunk", "default", "develop", "devel"]

  /// Where else this same repository is checked out or kept, each checked from both ends.
  public var siblings: [FilePath] {
    let linked = BareLayout.linkedWorkTrees(of: commonDirectory)
    guard kind == .worktree || !linked.isEmpty else { return [] }
    let main = mainDirectory
    let isClaimed =
      main == commonDirectory || BareLayout.leads(main, to: commonDirectory)
      || JujutsuRepository.root(ofStore: commonDirectory) == main
    return ((isClaimed ? [main] : []) + linked).filter { $0 != root }
  }
}
