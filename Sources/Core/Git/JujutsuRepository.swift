import ByteStrings
import SystemSupport
import SystemPackage

/// A work tree of jj that has no `.git` of its own: its git directory is a bare one within `.jj`, or another workspace's.
struct JujutsuRepository {
  /// The root of the work tree.
  let root: FilePath
  /// The git directory that jj keeps its commits in.
  let gitDirectory: FilePath
  /// Whether the git directory is in it, and not in another workspace or a repository of git's that jj was put beside.
  let isMain: Bool

  /// The names below `.jj` that lead to the git directory where jj made it.
  private static let store = ["repo", "store", "git"]

  /// The repository whose root is this directory; nil where it is not the user's.
  init?(at root: FilePath) {
    let folder = root.appending(".jj")
    let repo = folder.appending("repo")
    guard Self.isOwnDirectory(root), Self.isOwnDirectory(folder) else { return nil }
    var place = repo
    switch Files.kind(of: repo, followingLinks: false) {
    case .directory: break
    case .file:
      guard let named = Self.path(in: repo) else { return nil }
      place = named.isAbsolute ? named : folder.pushing(named)
    default: return nil
    }
    let store = place.appending("store")
    guard let target = Self.path(in: store.appending("git_target")),
      let gitDirectory = (target.isAbsolute ? target : store.pushing(target)).resolved,
      GitDirectory.isOne(gitDirectory)
    else { return nil }
    self.root = root
    self.gitDirectory = gitDirectory
    isMain = [Self.root(ofStore: gitDirectory), gitDirectory.removingLastComponent()].contains(root)
  }

  /// The repository that a directory is, or is in, unless a git repository is nearer.
  init?(around directory: FilePath) {
    lazy var ceilings = (Environment["GIT_CEILING_DIRECTORIES"] ?? "").split(at: ":").map {
      FilePath(text: String($0))
    }
    var place = directory
    while let name = place.lastComponent {
      if !place.components.contains(where: { $0.string == ".jj" }) {
        if Files.kind(of: place.appending(".git"), followingLinks: false) != nil || GitDirectory.isOne(place)
        {
          return nil
        }
        if let found = JujutsuRepository(at: place) {
          self = found
          return
        }
      }
      let parent = place.removingLastComponent()
      if name.kind != .regular || ceilings.contains(parent) { return nil }
      place = parent
    }
    return nil
  }

  /// The root of the work tree around a git directory that jj made.
  static func root(ofStore gitDirectory: FilePath) -> FilePath? {
    var path = gitDirectory
    for name in ([".jj"] + store).reversed() {
      guard path.lastComponent?.string == name else { return nil }
      path.removeLastComponent()
    }
    return path
  }

  /// The facts of its git directory, as those of the work tree.
  func info(readingHistory history: Bool) throws(GitError) -> RepositoryInfo {
    let store = try RepositoryInfo.reading(at: gitDirectory, readingHistory: history)
    let main = Self.root(ofStore: gitDirectory) ?? BareLayout.directory(around: gitDirectory)
    return RepositoryInfo(
      gitDirectory: store.gitDirectory, commonDirectory: store.commonDirectory, workTree: root,
      kind: isMain ? .main : .worktree, mainWorkTree: isMain ? root : main, isShallow: store.isShallow,
      isSubmodule: false, remotes: store.remotes, currentBranch: store.currentBranch,
      currentBranchRemote: store.currentBranchRemote, defaultRemoteName: store.defaultRemoteName,
      remoteDefaultBranch: store.remoteDefaultBranch, headCommit: store.headCommit,
      knownFirstCommit: store.knownFirstCommit, rewrites: store.rewrites, needsProgram: store.needsProgram)
  }

  private static func isOwnDirectory(_ path: FilePath) -> Bool {
    guard let status = Stat(at: path, followingLinks: false) else { return false }
    return status.kind == .directory && FileOwner.isUser(status.owner)
  }

  /// The path that a small file holds.
  private static func path(in file: FilePath) -> FilePath? {
    guard Files.kind(of: file, followingLinks: false) == .file,
      let bytes = try? Files.read(file, limit: Limits.smallFile)
    else { return nil }
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != 0 }
    return line.isEmpty ? nil : FilePath(bytes: Array(line))
  }
}
