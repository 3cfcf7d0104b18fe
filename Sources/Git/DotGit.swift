import Glibc
import Platform
import Records
import SystemPackage

/// What the `.git` of a directory makes of that directory.
enum DotGit {
  /// The root of a work tree.
  case repository(RepositoryFinder.Kind, gitDirectory: FilePath)
  /// Nothing: a file that points to a bare repository, as those have who keep a bare repository beside its worktrees.
  case nothing
  /// Nothing, although it should: a sentence says why. Incomplete where it could not be looked at.
  case broken(String, isIncomplete: Bool)

  /// Looks at `.git`, which is of this kind, in an open directory.
  init(_ kind: FileKind, in directory: Int32, path: [UInt8]) {
    let path = FilePath(bytes: path)
    let dotGit = path.appending(".git")
    switch kind {
    case .directory:
      var isLink = false
      var descriptor = openat(directory, ".git", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      if descriptor < 0, errno == ELOOP || errno == ENOTDIR {
        isLink = true
        descriptor = openat(directory, ".git", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      }
      guard descriptor >= 0 else {
        let error = SystemError("searching", dotGit.visible)
        self = .broken("\(error.action) \(error.subject) failed: \(error.reason)", isIncomplete: true)
        return
      }
      defer { close(descriptor) }
      if isLink, GitDirectory.isOne(descriptor),
        let objection = WorkTreeClaim.objection(
          workTree: path, gitDirectory: dotGit.resolved ?? dotGit, descriptor)
      {
        self = .broken(objection, isIncomplete: false)
        return
      }
      self =
        GitDirectory.isOne(descriptor)
        ? .repository(.main, gitDirectory: dotGit)
        : .broken(
          "\(dotGit.visible) is not a git directory: HEAD, objects or refs is missing or damaged",
          isIncomplete: false)
    case .file: self = Self.behindFile(directory, path, dotGit)
    case .link: self = .broken("\(dotGit.visible) is a symbolic link that leads nowhere", isIncomplete: false)
    case .other: self = .broken("\(dotGit.visible) is neither a directory nor a file", isIncomplete: false)
    }
  }

  private static func behindFile(_ directory: Int32, _ path: FilePath, _ dotGit: FilePath) -> DotGit {
    guard let bytes = GitDirectory.contents(directory, ".git", limit: 8192),
      let target = GitDirectory.target(ofGitfile: bytes)
    else { return .broken("\(dotGit.visible) is a file that does not say “gitdir: …”", isIncomplete: false) }
    let gitDirectory = target.absolute(against: path)
    // Opened from where the file is, so that `..` behind a symbolic link means what git takes it for.
    let descriptor = target.withPlatformString { openat(directory, $0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0, GitDirectory.isOne(descriptor) else {
      if descriptor >= 0 { close(descriptor) }
      return .broken(
        "\(dotGit.visible) leads to \(gitDirectory.visible), where there is no repository",
        isIncomplete: false)
    }
    defer { close(descriptor) }
    if GitDirectory.saysBare(descriptor) != true,
      let objection = WorkTreeClaim.objection(workTree: path, gitDirectory: gitDirectory, descriptor)
    {
      return .broken(objection, isIncomplete: false)
    }
    if GitDirectory.commonDirectory(of: descriptor) != nil {
      return .repository(.worktree, gitDirectory: gitDirectory)
    }
    if LibraryFacts.isSubmodule(gitDirectory) { return .repository(.submodule, gitDirectory: gitDirectory) }
    return GitDirectory.saysBare(descriptor) == true
      ? .nothing : .repository(.main, gitDirectory: gitDirectory)
  }
}
