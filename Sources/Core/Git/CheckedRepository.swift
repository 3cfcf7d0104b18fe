import CGit2
import SystemSupport
import SystemPackage

/// The repository that a directory is, or is in, as it was looked at before a library or a program opens it: it is the user's, and
/// all that is read of it at its opening are regular files of bounded size.
///
/// Only looking at it makes one, so that nothing is opened unseen, and nothing that libgit2 refuses is looked at anew before git is
/// asked. libgit2 and git look at the owner themselves when they open it; neither does at that of the directory which worktrees
/// share.
struct CheckedRepository {
  /// The directory.
  let directory: FilePath

  /// Looks at it.
  ///
  /// - Throws: `ownedBySomeoneElse`, before anything of it is read but who owns it; `damaged` and `tooLarge` for what a library would
  ///   wait for, or read without bound.
  init(around directory: FilePath) throws(GitError) {
    try Ownership.check(around: directory)
    try GitDirectoryCheck.repository(around: directory)
    self.directory = directory
  }
}

extension RepositoryHandle {
  /// Opens it, looked for upward as far as `GIT_CEILING_DIRECTORIES` allow.
  init(_ repository: CheckedRepository) throws(GitError) {
    try self.init(
      opening: repository.directory, flags: git_repository_open_flag_t(rawValue: 0),
      ceilings: Environment["GIT_CEILING_DIRECTORIES"] ?? "")
  }
}
