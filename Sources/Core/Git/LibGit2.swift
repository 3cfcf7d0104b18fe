import CGit2
import GitMemory
import SystemSupport

/// The library under this module, started once a process and only when something needs it.
///
/// Starting takes half a millisecond, and loading the library more, so what does not need it (``RepositoryFinder``,
/// ``GitProgram``, ``ObjectID`` but for hashing) never does.
public enum LibGit2 {
  /// Starts libgit2 with the settings that a store of acknowledged writes needs; later calls cost nothing.
  ///
  /// - fsync of everything written below a git directory is on. It is off by default, and without it a power cut
  ///   loses what was acknowledged. `DEV_INFRA_TEST_NO_FSYNC=1` turns it off, for tests that show that it matters.
  /// - Objects are checked on the way in (what a commit or tree names must exist) and on the way out (their hash).
  /// - The memory that it takes is bounded; see ``Limits``.
  /// - The check of a repository's owner stays as it is, on, but for ``withoutOwnerCheck(_:)``.
  ///
  /// - Throws: ``GitError`` when the library cannot start; every later call throws the same.
  public static func start() throws(GitError) {
    if let failure { throw failure }
  }

  /// Its version, such as `1.5.1`.
  public static var version: String {
    var (major, minor, revision) = (Int32(0), Int32(0), Int32(0))
    _ = git_libgit2_version(&major, &minor, &revision)
    return "\(major).\(minor).\(revision)"
  }

  /// Bounds the objects that are kept in memory further, for a process that runs for weeks.
  public static func limitCache(to bytes: Int) throws(GitError) {
    try start()
    try check(dev_infra_git_limit_cache(bytes), "setting up", "libgit2")
  }

  /// Lets it map more of packs, for a caller that reads all of a large one.
  static func widenWindows() throws(GitError) {
    try check(dev_infra_git_limit_windows(Limits.packWindow, Limits.largePack), "setting up", "libgit2")
  }

  /// Whether what is written must survive a power cut before it is acknowledged.
  public static let isDurable = Environment["DEV_INFRA_TEST_NO_FSYNC"] != "1"

  private static let failure: GitError? = {
    do throws(GitError) {
      try check(git_memory_install(Limits.allocation) { Watch.sign() }, "setting up", "libgit2")
      try check(git_libgit2_init(), "starting", "libgit2")
      try check(dev_infra_git_limit_cache(Limits.cache), "setting up", "libgit2")
      // By itself it maps packs whole, and all that was read of them counts as memory.
      try check(dev_infra_git_limit_windows(Limits.packWindow, Limits.packWindows), "setting up", "libgit2")
      try enable(GIT_OPT_ENABLE_FSYNC_GITDIR, isDurable)
      try enable(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, true)
      try enable(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, true)
      // By itself it forgets trees of more than 4 KiB at once: a look-up among 10,000 entries would read and hash a
      // larger one each time. A machine may have ten times as many.
      try check(dev_infra_git_limit_cached_objects(GIT_OBJECT_TREE, 4 << 20), "setting up", "libgit2")
      try followGitsVariables()
      return nil
    } catch {
      return error
    }
  }()

  /// Runs `body`, which opens a repository that git's rule allows (``Ownership``), and no other.
  static func withoutOwnerCheck(_ body: () -> Void) throws(GitError) {
    try enable(GIT_OPT_SET_OWNER_VALIDATION, false)
    body()
    try enable(GIT_OPT_SET_OWNER_VALIDATION, true)
  }

  private static func enable(_ option: git_libgit2_opt_t, _ enabled: Bool) throws(GitError) {
    try check(dev_infra_git_enable(Int32(option.rawValue), enabled ? 1 : 0), "setting up", "libgit2")
  }

  /// libgit2 1.5 does not read `GIT_CONFIG_NOSYSTEM`, `GIT_CONFIG_SYSTEM` and `GIT_CONFIG_GLOBAL`: here it is kept
  /// from the files that they replace; ``Configuration`` adds those that they name.
  private static func followGitsVariables() throws(GitError) {
    func forget(_ level: git_config_level_t) throws(GitError) {
      try check(dev_infra_git_set_search_path(Int32(level.rawValue), ""), "setting up", "libgit2")
    }
    if ConfigurationFiles.ignoresSystem { try forget(GIT_CONFIG_LEVEL_SYSTEM) }
    if Environment["GIT_CONFIG_GLOBAL"] != nil {
      try forget(GIT_CONFIG_LEVEL_GLOBAL)
      try forget(GIT_CONFIG_LEVEL_XDG)
    }
  }
}
