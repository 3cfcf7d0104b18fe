import SystemSupport
public import SystemPackage

/// The repository that git runs a hook for, told from the current directory and `GIT_DIR` alone.
///
/// githooks(5): a hook starts at the top of the work tree, or in the git directory of a bare repository.
public struct HookPlace {
  /// The directory that is registered: the work tree's top, or the bare repository.
  public let path: FilePath
  /// The git directory; a linked worktree's own.
  public let gitDirectory: FilePath
  /// The git directory that has the configuration: the main one, also for a linked worktree.
  public let commonDirectory: FilePath

  /// What is at `directory`.
  ///
  /// - Parameter announced: `GIT_DIR`, where git has set it. A work tree that does not lead to it, as with
  ///   `git --git-dir=… --work-tree=…`, could not be found again by its path: nil.
  public init?(directory: FilePath, announced: String?) {
    let dotGit = directory.appending(".git")
    switch Files.kind(of: dotGit) {
    case .directory:
      path = directory
      gitDirectory = dotGit
    case .file:
      guard let target = Self.target(of: dotGit) else { return nil }
      path = directory
      gitDirectory = target.absolute(against: directory)
    default:
      guard Self.isGitDirectory(directory) else { return nil }
      // A push from inside `.git` is one of the work tree around it.
      path = directory.lastComponent?.string == ".git" ? directory.removingLastComponent() : directory
      gitDirectory = directory
    }
    if let announced, !announced.isEmpty {
      guard Files.isSame(FilePath(text: announced).absolute(against: directory), gitDirectory) else {
        return nil
      }
    }
    if let bytes = try? Files.read(gitDirectory.appending("commondir"), limit: 8192) {
      commonDirectory = FilePath(bytes: Self.line(bytes[...])).absolute(against: gitDirectory)
    } else {
      commonDirectory = gitDirectory
    }
  }

  /// Where a `.git` file leads.
  private static func target(of file: FilePath) -> FilePath? {
    guard let bytes = try? Files.read(file, limit: 8192), bytes.starts(with: "gitdir: ".utf8) else {
      return nil
    }
    return FilePath(bytes: line(bytes.dropFirst(8)))
  }

  private static func line(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var bytes = bytes
    while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
    return Array(bytes)
  }

  private static func isGitDirectory(_ path: FilePath) -> Bool {
    Files.kind(of: path.appending("HEAD")) == .file && Files.kind(of: path.appending("objects")) == .directory
      && Files.kind(of: path.appending("refs")) == .directory
  }
}
