import SystemSupport
import ByteStrings
import SystemPackage

/// A directory where git stops searching upward, recognized by the names in it alone: the index's readers do
/// without libgit2.
struct RepositoryRoot {
  /// Where else the repository may be known: the main work tree and the repository of a linked worktree
  /// (git-worktree(1)), the work tree around a `.git`.
  let places: [FilePath]

  /// Nil where `directory` is not the root of a work tree or a repository.
  init?(at directory: FilePath) {
    let dotGit = directory.appending(".git")
    switch Files.kind(of: dotGit) {
    case .file: places = Self.places(of: dotGit)
    case .directory where Self.isRepository(dotGit): places = []
    default:
      guard Self.isRepository(directory) else { return nil }
      places = directory.lastComponent?.string == ".git" ? [directory.removingLastComponent()] : []
    }
  }

  private static func isRepository(_ directory: FilePath) -> Bool {
    Files.kind(of: directory.appending("HEAD"), followingLinks: false) != nil
      && Files.kind(of: directory.appending("objects")) == .directory
      && Files.kind(of: directory.appending("refs")) == .directory
  }

  /// What a file `.git` leads to: the repository, or `<repository>/worktrees/<name>`.
  private static func places(of dotGit: FilePath) -> [FilePath] {
    guard let bytes = try? Files.readStart(of: dotGit, count: 8192), bytes.starts(with: "gitdir: ".utf8)
    else { return [] }
    let line = bytes.dropFirst("gitdir: ".utf8.count).prefix { $0 != UInt8(ascii: "\n") && $0 != 0 }
    let directory = FilePath(bytes: Array(line)).absolute(against: dotGit.removingLastComponent())
      .resolvedAsFarAsItExists
    let worktrees = directory.removingLastComponent()
    guard worktrees.lastComponent?.string == "worktrees" else { return [directory] }
    let common = worktrees.removingLastComponent()
    // A hidden repository is its parent's: `.git`, or the `.bare` of those who keep one beside its worktrees.
    let isHidden = common.lastComponent?.string.begins(with: ".") ?? false
    return isHidden ? [common.removingLastComponent(), common] : [common]
  }
}
