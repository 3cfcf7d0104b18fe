import SystemSupport
import ByteStrings
import SystemPackage

/// Whose a repository is, which is known before anything of it but the owner is read, by whatever program or library.
///
/// The rule is git's (setup.c, `ensure_valid_ownership`): the root of the work tree, its `.git` and the git directory
/// belong to the user, or `safe.directory` lists the root. It also holds for where a symbolic link leads, and for the
/// directory that worktrees share, neither of which git looks at: both have settings that git follows.
enum Ownership {
  /// Refuses the repository at `directory`, or the next one above it, where it is another user's.
  ///
  /// - Parameter place: the directory with links resolved; nil where it is not there.
  /// - Throws: `ownedBySomeoneElse`.
  static func check(around directory: FilePath, _ place: FilePath?) throws(GitError) {
    guard let found = place.flatMap({ Self.found(aroundResolved: $0) }), let foreign = found.foreign,
      !SafeDirectories.list(found.name)
    else { return }
    throw refusal(directory, foreign, found.name)
  }

  /// As ``check(around:_:)``, for the repository at exactly this place.
  static func check(at directory: FilePath) throws(GitError) {
    guard let place = directory.resolved, let found = found(at: place), let foreign = found.foreign,
      !SafeDirectories.list(found.name)
    else { return }
    throw refusal(directory, foreign, found.name)
  }

  /// Whether the repository at exactly this place is another user's and one that `safe.directory` lists.
  static func isListed(_ directory: FilePath) -> Bool {
    guard let place = directory.resolved, let found = found(at: place) else { return false }
    return found.foreign != nil && SafeDirectories.list(found.name)
  }

  /// Refuses a git directory where it is another user's, or the root of its work tree is.
  static func check(gitDirectory: FilePath, workTree: FilePath?) throws(GitError) {
    let name = workTree ?? gitDirectory
    guard
      let foreign = foreign([workTree, gitDirectory].compactMap { $0 }) ?? foreignCommon(of: gitDirectory),
      !SafeDirectories.list(name)
    else { return }
    throw refusal(name, foreign, name)
  }

  /// The error for a repository that was found at `subject`.
  static func refusal(_ subject: FilePath, _ foreign: FilePath, _ name: FilePath) -> GitError {
    GitError(
      .ownedBySomeoneElse, "opening the repository", subject.visible,
      reason: "it belongs to another user (\(owner(of: foreign)))",
      remedy: .trust(name),
      code: .owner, category: .repository)
  }

  /// A repository as far as it is looked at here.
  struct Found {
    /// What `safe.directory` would list: the root of the work tree, or of a bare repository the git directory.
    let name: FilePath
    /// What of it belongs to another user; nil where all is the user's.
    let foreign: FilePath?
  }

  /// The repository that git would find at `directory` or above it, as far as `GIT_CEILING_DIRECTORIES` and the file system
  /// reach.
  static func found(around directory: FilePath) -> Found? {
    directory.resolved.flatMap { found(aroundResolved: $0) }
  }

  private static func found(aroundResolved directory: FilePath) -> Found? {
    var place = directory
    guard let start = status(place) else { return nil }
    let ceilings = Set(
      (Environment["GIT_CEILING_DIRECTORIES"] ?? "").split(at: ":").map { FilePath(text: String($0)) }
        .flatMap { [$0.lexicallyNormalized(), $0.resolved ?? $0] })
    let across = Environment["GIT_DISCOVERY_ACROSS_FILESYSTEM"].map {
      !["", "0", "false", "no", "off"].contains($0.lowercased())
    }
    while true {
      if let found = found(at: place) { return found }
      let parent = place.removingLastComponent()
      guard parent != place, !ceilings.contains(parent), let status = status(parent),
        across == true || status.deviceID == start.deviceID
      else { return nil }
      place = parent
    }
  }

  private static func found(at place: FilePath) -> Found? {
    let dotGit = place.appending(".git")
    switch status(dotGit)?.kind {
    case .directory where looksLikeGitDirectory(dotGit):
      return Found(name: place, foreign: foreign([place, dotGit]) ?? foreignCommon(of: dotGit))
    case .file:
      // What the file says is only read where it is the user's.
      if let foreign = foreign([place, dotGit]) { return Found(name: place, foreign: foreign) }
      guard let gitDirectory = GitDirectory.ofWorkTree(place) else { return Found(name: place, foreign: nil) }
      return Found(name: place, foreign: foreign([gitDirectory]) ?? foreignCommon(of: gitDirectory))
    default:
      guard looksLikeGitDirectory(place) else { return nil }
      return Found(name: place, foreign: foreign([place]) ?? foreignCommon(of: place))
    }
  }

  /// Whether a directory has what git asks of a git directory; nothing in it is opened.
  static func looksLikeGitDirectory(_ path: FilePath) -> Bool {
    func has(_ name: String) -> Bool { status(path.appending(name), followingLinks: false) != nil }
    func hasDirectory(_ name: String) -> Bool {
      status(path.appending(name))?.kind == .directory
    }
    return has("HEAD") && (has("commondir") || hasDirectory("objects") && hasDirectory("refs"))
  }

  /// The directory that a linked worktree shares with others, where it is another user's.
  private static func foreignCommon(of gitDirectory: FilePath) -> FilePath? {
    guard let opened = OpenFile(gitDirectory, options: .directory),
      let common = GitDirectory.commonDirectory(of: opened.descriptor)
    else { return nil }
    return foreign([common.isAbsolute ? common : gitDirectory.pushing(common)])
  }

  /// The first of these that belongs to another user, itself or where it leads. What is not there belongs to nobody.
  private static func foreign(_ paths: [FilePath]) -> FilePath? {
    paths.first { path in
      guard let own = status(path, followingLinks: false) else { return false }
      if !FileOwner.isUser(own.owner) { return true }
      return own.kind == .link && status(path).map { !FileOwner.isUser($0.owner) } ?? false
    }
  }

  private static func status(_ path: FilePath, followingLinks: Bool = true) -> Stat? {
    Stat(at: path, followingLinks: followingLinks)
  }

  /// The owner's name, or number.
  static func owner(of path: FilePath) -> String {
    // Of a link and where it leads, the one that is another's.
    guard
      let user = [status(path, followingLinks: false), status(path)].compactMap({ $0?.owner })
        .first(where: { !FileOwner.isUser($0) })
    else { return "unknown" }
    return Host.name(ofUser: user) ?? "user \(user)"
  }
}

/// The places that `safe.directory` lists in the system's, the user's and the command's settings: never a repository's.
enum SafeDirectories {
  /// git prints them, which knows every place where they may be; asked once, when the first foreign repository is met.
  private static let given: [FilePath] = {
    let git = GitProgram(outsideRepositories: .foreign)
    // Where the settings cannot be read nothing is safe.
    let output = try? git.output(["config", "--null", "--type=path", "--get-all", "safe.directory"])
    let values = (output ?? nil)?.split(separator: 0, omittingEmptySubsequences: false).dropLast() ?? []
    // An empty one takes back those before it.
    let last = values.lastIndex { $0.isEmpty }.map { values.index(after: $0) } ?? values.startIndex
    return values[last...].map { FilePath(bytes: Array($0)) }
  }()

  /// Whether one of them is `path`, or `*`, or a directory above it with `/*` behind it.
  static func list(_ path: FilePath) -> Bool {
    let paths = [path, path.resolved ?? path]
    return given.contains { safe in
      if safe.text == "*" { return true }
      guard safe.isAbsolute else { return false }
      guard safe.lastComponent?.string == "*" else {
        return paths.contains(safe) || paths.contains(safe.resolved ?? safe)
      }
      let above = [safe.removingLastComponent(), safe.removingLastComponent().resolved].compactMap { $0 }
      return paths.contains { path in above.contains { path.starts(with: $0) && path != $0 } }
    }
  }
}
