import ByteStrings
import CGit2
import SystemSupport
public import SystemPackage

/// Where git looks for a repository's hooks, and which hooks its settings name: read, and nothing of it run.
public struct HookConfiguration: Sendable {
  /// The git directory with the configuration and the hooks; the main one of a linked worktree.
  public let commonDirectory: FilePath
  /// The root of the work tree; nil for a bare repository.
  public let workTree: FilePath?
  /// What `core.hooksPath` says, as it is written; nil where it is not set.
  public let hooksPath: String?
  /// The values of `hook.<name>.event` (git-hook(1)), of the user's settings and the repository's.
  public let events: [String]
  /// The command of that hook; nil where there is none.
  public let command: String?

  /// Reads those of the repository that `directory` is in.
  ///
  /// - Parameter name: the hook's name in settings.
  /// - Throws: `ownedBySomeoneElse`, `damaged`, `notARepository`, `unsupportedExtension`.
  public static func read(at directory: FilePath, hook name: String) throws(GitError) -> HookConfiguration {
    let repository = try CheckedRepository(around: directory)
    let handle = try RepositoryHandle(repository)
    let gitDirectory = FilePath(fromC: git_repository_path(handle.raw)) ?? directory
    let commonDirectory = FilePath(fromC: git_repository_commondir(handle.raw)) ?? gitDirectory
    let configuration = try Configuration(of: handle.raw)
    let entries =
      try SettingsOfGitAlone.areIn(configuration, of: gitDirectory)
      ? GitCLIReader.entries(GitProgram(reading: repository).output(["config", "-z", "--list"]) ?? [])
      : configuration.entries {
        CStrings.areEqual($0, "core.hookspath") || CStrings.begins($0, with: "hook.")
      }
    func values(_ key: String) -> [String] { entries.filter { $0.key.hasSameBytes(as: key) }.map(\.value) }
    return HookConfiguration(
      commonDirectory: commonDirectory.resolved ?? commonDirectory,
      workTree: repository.workTree(of: handle),
      hooksPath: values("core.hookspath").last, events: values("hook.\(name).event"),
      command: values("hook.\(name).command").last)
  }
}
