#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import ByteStrings
public import SystemPackage

/// The process's environment.
public enum Environment {
  /// The variable's value, or nil where it is not set; bytes that are not UTF-8 in the form of ``ByteText``.
  public static subscript(name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    return ByteText.string(
      from: UnsafeBufferPointer(start: value, count: strlen(value)).map { UInt8(bitPattern: $0) })
  }

  /// Sets the variable for this process and its children; nil unsets it.
  public static func set(_ name: String, to value: String?) {
    if let value {
      let bytes = ByteText.bytes(of: value).map { CChar(bitPattern: $0) } + [0]
      setenv(name, bytes, 1)
    } else {
      unsetenv(name)
    }
  }

  /// What `git rev-parse --local-env-vars` lists, and the quarantine of a receiving hook: variables that tie git
  /// to one repository, and which a hook's children inherit.
  ///
  /// `GIT_CONFIG_PARAMETERS` and `GIT_CONFIG_COUNT` are on git's list too, but carry settings and not a repository;
  /// they are kept so that `-c` reaches git.
  ///
  /// The scripts have the list once more, in `libexec/dev-infra-sh-setup`; a test holds the two against each other.
  package static let repositoryVariables = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_OBJECT_DIRECTORY", "GIT_DIR", "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE", "GIT_INDEX_FILE", "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_COMMON_DIR", "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_NAMESPACE", "GIT_DEFAULT_HASH",
  ]

  /// Forgets which repository the caller was in: every executable does this before it opens or runs anything.
  ///
  /// And a `TMPDIR` that no longer exists, as in a long session: every program started here would fail with it.
  public static func forgetRepository() {
    for name in repositoryVariables { unsetenv(name) }
    if let path = self["TMPDIR"], access(path, W_OK | X_OK) != 0 {
      unsetenv("TMPDIR")
      set(forgottenTemporaryDirectory, to: path)
    }
  }

  /// The variable with the `TMPDIR` that ``forgetRepository()`` has unset, for `dev-infra doctor`.
  public static let forgottenTemporaryDirectory = "DEV_INFRA_STALE_TMPDIR"

  /// The user's home directory: `HOME`, else what the system's user database has, else nil.
  public static var home: FilePath? {
    if let home = self["HOME"], !home.isEmpty { return FilePath(text: home) }
    return UserDatabase.home(of: getuid())
  }

  /// The directory that relative paths start from.
  ///
  /// Where somebody has deleted it, the path that the shell has of it in `PWD`: a path in it is then reported as not existing.
  public static func currentDirectory() throws(SystemError) -> FilePath {
    if let path = existingCurrentDirectory { return path }
    let error = SystemError("finding", "the current directory")
    guard error.code == .noSuchFileOrDirectory, let path = self["PWD"], path.begins(with: "/") else {
      throw error
    }
    return FilePath(text: path)
  }

  /// The directory that relative paths start from; nil where it has been deleted, or cannot be found.
  public static var existingCurrentDirectory: FilePath? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return FilePath(platformString: path)
  }

  /// The folder with the executables of this installation: `DEV_INFRA_EXEC_PATH`, else `libexec/dev-infra` beside the
  /// folder that this one is in, else that folder, as in a build tree.
  public static var executablePath: FilePath? {
    if let path = self["DEV_INFRA_EXEC_PATH"], !path.isEmpty { return FilePath(text: path) }
    guard let own = ThisProcess.folder else { return nil }
    let installed = own.removingLastComponent().appending("libexec").appending("dev-infra")
    return Files.kind(of: installed) == .directory ? installed : own
  }

  /// The registry's directory: `DEV_INFRA_DIR`, else `.dev-infra` in the home directory; nil without either.
  public static var registryDirectory: FilePath? {
    if let path = self["DEV_INFRA_DIR"], !path.isEmpty {
      guard let here = try? currentDirectory() else { return FilePath(text: path) }
      return FilePath(text: path).absolute(against: here)
    }
    return home?.appending(".dev-infra")
  }
}
