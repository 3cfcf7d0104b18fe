import CGit2
import SystemSupport
import ByteStrings
import Registry
public import SystemPackage

/// A git repository, open.
///
/// Like libgit2's objects it belongs to one thread. The handle is freed with the value; nothing that it returns
/// refers to it.
public struct Repository: ~Copyable {
  let handle: RepositoryHandle
  let store: ObjectStore

  /// The repository's own directory: `.git`, a bare repository itself, or a linked worktree's administrative one.
  public let gitDirectory: FilePath
  /// The directory with what its worktrees share: objects, refs, configuration.
  public let commonDirectory: FilePath

  private init(_ handle: consuming RepositoryHandle) throws(GitError) {
    gitDirectory = FilePath(fromC: git_repository_path(handle.raw)) ?? FilePath()
    commonDirectory = FilePath(fromC: git_repository_commondir(handle.raw)) ?? gitDirectory
    store = try ObjectStore(handle.raw, objects: commonDirectory.appending("objects"))
    self.handle = handle
  }

  /// Opens the repository at exactly this place: a bare repository, a `.git` directory or a work tree's root.
  ///
  /// - Throws: ``GitError`` of the kinds `notARepository`, `ownedBySomeoneElse`, `unsupportedExtension`, `damaged`.
  public static func open(_ directory: FilePath) throws(GitError) -> Repository {
    try Ownership.check(at: directory)
    try GitDirectoryCheck.gitDirectory(directory)
    try GitDirectoryCheck.alternates(of: directory.appending("objects"))
    return try Repository(RepositoryHandle(opening: directory, flags: GIT_REPOSITORY_OPEN_NO_SEARCH))
  }

  /// Reads also the objects that another directory has, such as what git keeps apart while a push is decided on; what is
  /// written goes where it did.
  public func borrowObjects(from directory: FilePath) throws(GitError) { try store.borrow(from: directory) }

  /// Whether objects of another directory are read too.
  public var isBorrowing: Bool { store.isBorrowing }

  /// Makes a bare repository whose first branch is `main`, without templates (no sample hooks), and opens it.
  ///
  /// Reflogs are on, which git leaves off in bare repositories. Where there is a repository already it stays as it is.
  public static func initializeBare(at directory: FilePath) throws(GitError) -> Repository {
    try LibGit2.start()
    var options = git_repository_init_options()
    try check(
      git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION)), "making",
      "a repository")
    options.flags = UInt32(GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_MKPATH.rawValue)
    options.mode = GIT_REPOSITORY_INIT_SHARED_UMASK.rawValue
    let branch = "main".cText
    var raw: OpaquePointer?
    let code = branch.withUnsafeBufferPointer { branch in
      options.initial_head = branch.baseAddress
      return git_repository_init_ext(&raw, directory.cText, &options)
    }
    try check(code, "making the repository", directory.visible)
    git_repository_free(raw)
    let repository = try open(directory)
    try repository.configuration().change([.set("core.logAllRefUpdates", to: "true")])
    return repository
  }

  /// The git directory of the repository that `directory` is in, looking upward as far as
  /// `GIT_CEILING_DIRECTORIES` and the file system reach; nil where there is none.
  public static func discover(from directory: FilePath) throws(GitError) -> FilePath? {
    try LibGit2.start()
    var buffer = Buffer()
    let ceilings = Environment["GIT_CEILING_DIRECTORIES"] ?? ""
    let found = try checkFound(
      git_repository_discover(&buffer.raw, directory.cText, 0, ceilings.cText), "looking for a repository at",
      directory.visible)
    return found ? buffer.path : nil
  }

  /// Whether it has no work tree.
  public var isBare: Bool { git_repository_is_bare(handle.raw) == 1 }

  /// The settings of this repository.
  public func configuration() throws(GitError) -> Configuration { try Configuration(of: handle.raw) }
}

/// An open `git_repository`, freed once.
struct RepositoryHandle: ~Copyable {
  let raw: OpaquePointer

  init(opening directory: FilePath, flags: git_repository_open_flag_t, ceilings: String = "") throws(GitError)
  {
    try LibGit2.start()
    var raw = try Self.open(directory, flags, ceilings)
    do throws(GitError) {
      try Self.leaveInheritedWorkTree(raw, around: directory)
    } catch {
      git_repository_free(raw)
      throw error
    }
    if Self.isApart(raw, directory) {
      git_repository_free(raw)
      raw = try Self.open(directory, GIT_REPOSITORY_OPEN_BARE, "")
    }
    self.raw = raw
    Trace.report(.opened(repository: directory))
  }

  deinit { git_repository_free(raw) }

  private static func open(
    _ directory: FilePath, _ flags: git_repository_open_flag_t, _ ceilings: String
  ) throws(GitError) -> OpaquePointer {
    var raw: OpaquePointer?
    var code = git_repository_open_ext(&raw, directory.cText, flags.rawValue, ceilings.cText)
    // git takes `*` and `~/`, and values of the command line and of other files than the usual ones; libgit2 does not.
    if code < 0, flags == GIT_REPOSITORY_OPEN_NO_SEARCH, Ownership.isListed(directory) {
      try LibGit2.withoutOwnerCheck {
        code = git_repository_open_ext(&raw, directory.cText, flags.rawValue, ceilings.cText)
      }
    }
    do {
      try check(code, "opening the repository", directory.visible)
    } catch {
      throw explain(error, directory)
    }
    guard let raw else {
      throw GitError(.other, "opening the repository", directory.visible, reason: "libgit2 gave none")
    }
    return raw
  }

  /// Lets ``LooseObjectReader`` read the objects: once, before the first is read.
  func guardObjects() throws(GitError) {
    var objects: OpaquePointer?
    let directory = (FilePath(fromC: git_repository_commondir(raw)) ?? FilePath()).appending("objects")
    try check(git_repository_odb(&objects, raw), "opening the objects of", directory.visible)
    defer { git_odb_free(objects) }
    if let objects { try LooseObjectReader.install(in: objects, objects: directory) }
  }

  /// Tells apart what libgit2 has one code for.
  private static func explain(_ error: GitError, _ directory: FilePath) -> GitError {
    if GitDiagnostics.isUnknownFormat(error.reason) { return error.with(kind: .unsupportedExtension) }
    // A foreign owner is "not found" to libgit2 1.5: look who owns what is there.
    if error.kind == .notFound || error.kind == .ownedBySomeoneElse {
      // One that git's rule allows, and libgit2's does not.
      if let found = Ownership.found(around: directory), let foreign = found.foreign {
        return Ownership.refusal(directory, foreign, found.name)
      }
      let isThere = GitDirectory.isOne(directory) || Files.kind(of: directory.appending(".git")) != nil
      return error.with(
        kind: isThere ? .damaged : .notARepository,
        reason: isThere ? "its .git is not a git directory" : "not a git repository")
    }
    return error.with(kind: error.kind == .locked ? .locked : .damaged)
  }
}
