import CGit2
import SystemSupport
import ByteStrings
import SystemPackage

/// Reads the state of a repository, within an examination.
struct StateReader {
  /// Whether untracked files are looked for whatever `status.showUntrackedFiles` says.
  var alwaysUntracked = false
  /// How many repositories are around this one, whose submodule it is.
  var depth = 0

  /// See ``RepositoryState/read(at:alwaysUntracked:)``.
  func read(at directory: FilePath) throws(GitError) -> RepositoryState {
    if let jujutsu = JujutsuRepository(around: directory) { return try read(jujutsu) }
    let repository = try CheckedRepository(around: directory)
    do throws(GitError) {
      return try LibGit2StateReader(self, repository).read()
    } catch  where error.mayBeKnownToGit {
      if Watch.current?.isAbandoned ?? false { throw error }
      return try GitCLIStateReader(self, repository).read()
    }
  }

  /// git's index does not describe a work tree of jj, so only jj can say what differs in it.
  private func read(_ jujutsu: JujutsuRepository) throws(GitError) -> RepositoryState {
    var state = try read(at: jujutsu.gitDirectory)
    state.isBare = false
    state.unsure = 1
    return state
  }

  /// What is in progress in the work tree of a git directory.
  static func operation(_ gitDirectory: FilePath) -> RepositoryState.Operation? {
    func has(_ name: String) -> Bool {
      gitDirectory.pushing(FilePath(name)).withPlatformString { access($0, F_OK) } == 0
    }
    if has("rebase-merge") { return .rebase }
    if has("rebase-apply") { return has("rebase-apply/applying") ? .am : .rebase }
    if has("MERGE_HEAD") { return .merge }
    if has("CHERRY_PICK_HEAD") { return .cherryPick }
    if has("REVERT_HEAD") { return .revert }
    // Several commits, of which the one that stopped it has been committed by hand.
    if has("sequencer/todo") {
      let todo = (try? Files.readStart(of: gitDirectory.pushing(FilePath("sequencer/todo")), count: 6)) ?? []
      return todo.starts(with: "revert".utf8) ? .revert : .cherryPick
    }
    return has("BISECT_LOG") ? .bisect : nil
  }

  /// When something was last fetched.
  static func lastFetch(_ gitDirectory: FilePath, _ common: FilePath, remote: String?) -> Int64? {
    func written(_ path: FilePath) -> Int64? {
      Stat(at: path)?.modified.components.seconds
    }
    let fetched = Set([gitDirectory, common]).compactMap { written($0.appending("FETCH_HEAD")) }.max()
    // git clone leaves no FETCH_HEAD; it writes this ref, which hardly anything writes again.
    let cloned = remote.flatMap { written(common.pushing(FilePath(text: "refs/remotes/\($0)/HEAD"))) }
    return fetched ?? cloned
  }

  /// As a remote-tracking branch or a branch is called.
  static func short(_ reference: String) -> String {
    for prefix in ["refs/remotes/", "refs/heads/"] where reference.begins(with: prefix) {
      return String(reference.dropFirst(prefix.count))
    }
    return reference
  }

  /// Why a work tree and a git directory do not belong together, as an error.
  static func requireClaim(_ workTree: FilePath, _ gitDirectory: FilePath) throws(GitError) {
    guard let objection = WorkTreeClaim.objection(workTree: workTree, gitDirectory: gitDirectory) else {
      return
    }
    throw GitError(.damaged, "reading", workTree.visible, reason: objection.sentence)
  }
}

extension GitError {
  /// Whether libgit2 refused a format, or failed at something that git may do.
  fileprivate var mayBeKnownToGit: Bool {
    switch kind {
    case .unsupportedExtension, .other, .invalid, .notFound, .ownedBySomeoneElse: true
    case .notARepository, .damaged, .tooLarge, .modified, .locked, .unanswered, .noProgram: false
    }
  }
}
