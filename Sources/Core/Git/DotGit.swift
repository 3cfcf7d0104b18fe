import SystemSupport
import ByteStrings
import SystemPackage

/// What the `.git` of a directory makes of that directory.
///
/// Decided here, not by libgit2: to open a repository, it opens HEAD, `commondir`, the settings and whatever they include by name,
/// whatever kind of file each is. A search meets directories that anybody may have made, so here every file is known to be a regular
/// one of bounded size before it is opened, and no file of another user is opened at all. libgit2 would also search the directories
/// above where a `.git` is not a repository, and that is a case to report.
enum DotGit {
  /// The root of a work tree. `foreign` names a part that another user owns: it was not read, so the kind may be wrong.
  case repository(RepositoryFinder.Kind, gitDirectory: FilePath, foreign: FilePath?)
  /// Nothing: a file that points to a bare repository elsewhere.
  case nothing
  /// Not a repository, although it should be one: a sentence says why. Incomplete where it could not be read.
  case broken(String, isIncomplete: Bool)

  /// Looks at `.git`, which is of this kind, in an open directory.
  init(_ kind: FileKind, in directory: Int32, path: [UInt8]) {
    let path = FilePath(bytes: path)
    let dotGit = path.appending(".git")
    let isUsers = FileOwner.isUser(ofDescriptor: directory) && FileOwner.isUser(of: ".git", in: directory)
    if !isUsers, kind == .file || kind == .directory && Ownership.looksLikeGitDirectory(dotGit),
      !SafeDirectories.list(path)
    {
      let foreign = FileOwner.isUser(ofDescriptor: directory) ? dotGit : path
      self = .repository(.main, gitDirectory: dotGit, foreign: foreign)
      return
    }
    switch kind {
    case .directory:
      var isLink = false
      var opened = OpenFile(".git", in: directory, [.directory, .noFollow])
      if opened == nil, Errno.last == .tooManySymbolicLinkLevels || Errno.last == .notDirectory {
        isLink = true
        opened = OpenFile(".git", in: directory, .directory)
      }
      guard let opened else {
        let error = SystemError("searching", dotGit.visible)
        self = .broken("\(error.action) \(error.subject) failed: \(error.reason)", isIncomplete: true)
        return
      }
      let descriptor = opened.descriptor
      if isLink, GitDirectory.isOne(descriptor),
        let objection = WorkTreeClaim.objection(
          workTree: path, gitDirectory: dotGit.resolved ?? dotGit, descriptor)
      {
        self = .broken(objection.sentence, isIncomplete: false)
        return
      }
      self =
        GitDirectory.isOne(descriptor)
        ? .repository(
          Self.isBare(descriptor) ? .bareLayout : .main, gitDirectory: dotGit, foreign: nil)
        : .broken(
          "\(dotGit.visible) is not a git directory: HEAD, objects or refs is missing or damaged",
          isIncomplete: false)
    case .file: self = Self.behindFile(directory, path, dotGit)
    case .link: self = .broken("\(dotGit.visible) is a symbolic link that leads nowhere", isIncomplete: false)
    case .other: self = .broken("\(dotGit.visible) is neither a directory nor a file", isIncomplete: false)
    }
  }

  private static func behindFile(_ directory: Int32, _ path: FilePath, _ dotGit: FilePath) -> DotGit {
    guard let bytes = GitDirectory.contents(directory, ".git", limit: Limits.smallFile),
      let target = GitDirectory.target(ofGitfile: bytes)
    else { return .broken("\(dotGit.visible) is a file that does not say “gitdir: …”", isIncomplete: false) }
    let gitDirectory = target.absolute(against: path)
    // Opened from where the file is, so that `..` behind a symbolic link means what git takes it for.
    let missing = DotGit.broken(
      "\(dotGit.visible) leads to \(gitDirectory.visible), where there is no repository",
      isIncomplete: false)
    guard let opened = OpenFile(target, in: directory, .directory) else { return missing }
    let descriptor = opened.descriptor
    if !FileOwner.isUser(ofDescriptor: descriptor), !SafeDirectories.list(path) {
      return .repository(.main, gitDirectory: gitDirectory, foreign: gitDirectory)
    }
    guard GitDirectory.isOne(descriptor) else { return missing }
    let common = GitDirectory.commonDirectory(of: descriptor)
    if let common, let shared = OpenFile(common, in: descriptor, .directory),
      !FileOwner.isUser(ofDescriptor: shared.descriptor), !SafeDirectories.list(path)
    {
      return .repository(
        .worktree, gitDirectory: gitDirectory, foreign: common.absolute(against: gitDirectory))
    }
    if GitDirectory.saysBare(descriptor) != true,
      let objection = WorkTreeClaim.objection(workTree: path, gitDirectory: gitDirectory, descriptor)
    {
      return .broken(objection.sentence, isIncomplete: false)
    }
    if common != nil { return .repository(.worktree, gitDirectory: gitDirectory, foreign: nil) }
    if LibGit2Reader.isSubmodule(gitDirectory) {
      return .repository(.submodule, gitDirectory: gitDirectory, foreign: nil)
    }
    guard GitDirectory.saysBare(descriptor) == true else {
      return .repository(.main, gitDirectory: gitDirectory, foreign: nil)
    }
    var below = gitDirectory
    return below.removePrefix(path) && below.components.count <= BareLayout.depth
      ? .repository(.bareLayout, gitDirectory: gitDirectory, foreign: nil) : .nothing
  }

  /// Whether a `.git` directory is a bare repository. Nearly all have an index, and need no further look.
  private static func isBare(_ descriptor: Int32) -> Bool {
    Stat("index", in: descriptor, followingLinks: false) == nil
      && GitDirectory.saysBare(descriptor) == true
  }
}
