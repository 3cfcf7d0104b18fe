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
  let directory: FilePath
  /// It with links resolved; itself where it is not there.
  private let place: FilePath

  /// Looks at it.
  ///
  /// - Throws: `ownedBySomeoneElse`, before anything of it is read but who owns it; `damaged` and `tooLarge` for what a library would
  ///   wait for, or read without bound.
  init(around directory: FilePath) throws(GitError) {
    let place = directory.resolved
    try Ownership.check(around: directory, place)
    try GitDirectoryCheck.repository(around: directory)
    self.directory = directory
    self.place = place ?? directory
  }

  /// The root of the work tree, with links resolved, of the repository that was opened; nil where it is bare.
  func workTree(of handle: borrowing RepositoryHandle) -> FilePath? {
    guard let root = FilePath(fromC: git_repository_workdir(handle.raw)) else { return nil }
    // Mostly it is the directory.
    return root == place ? root : root.resolved ?? root
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
