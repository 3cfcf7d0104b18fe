import CGit2
import SystemSupport
import SystemPackage

extension RepositoryHandle {
  /// Gives it the work tree that git would, where libgit2 took another.
  ///
  /// git reads `core.worktree` in the repository's own settings alone. libgit2 1.5 takes it from the user's and the system's too,
  /// where it was set by mistake or for one repository of many, and then takes that directory for the work tree of every
  /// repository.
  static func leaveInheritedWorkTree(_ raw: OpaquePointer, around directory: FilePath) throws(GitError) {
    guard let workTree = FilePath(fromC: git_repository_workdir(raw)),
      let gitDirectory = FilePath(fromC: git_repository_path(raw)),
      gitDirectory != workTree.appending(".git"), git_repository_is_worktree(raw) == 0,
      try inheritsWorkTree(raw)
    else { return }
    let own =
      gitDirectory.lastComponent == ".git"
      ? gitDirectory.removingLastComponent() : Ownership.found(around: directory)?.name
    guard let own, own != gitDirectory else { return }
    try check(git_repository_set_workdir(raw, own.cText, 0), "opening the work tree", own.visible)
  }

  /// Whether the caller asked for a git directory that names a work tree in which nothing leads back to it, as yadm and vcsh make one
  /// for the files of a home directory. It is treated as bare: its word alone makes no directory its work tree.
  static func isApart(_ raw: OpaquePointer, _ directory: FilePath) -> Bool {
    guard let workTree = FilePath(fromC: git_repository_workdir(raw)),
      let gitDirectory = FilePath(fromC: git_repository_path(raw)),
      gitDirectory != workTree.appending(".git"), Files.isSame(gitDirectory, directory)
    else { return false }
    return WorkTreeClaim.objection(workTree: workTree, gitDirectory: gitDirectory) != nil
  }

  private static func inheritsWorkTree(_ raw: OpaquePointer) throws(GitError) -> Bool {
    var settings: OpaquePointer?
    try check(git_repository_config(&settings, raw), "reading", "the configuration")
    defer { git_config_free(settings) }
    var entry: UnsafeMutablePointer<git_config_entry>?
    let code = git_config_get_entry(&entry, settings, "core.worktree")
    if code == GIT_ENOTFOUND.rawValue { return false }
    try check(code, "reading the setting", "core.worktree")
    defer { git_config_entry_free(entry) }
    return entry.map { $0.pointee.level.rawValue < GIT_CONFIG_LEVEL_LOCAL.rawValue } ?? false
  }
}
