import CGit2
import SystemSupport
import ByteStrings
public import SystemPackage

/// What of a repository exists on this computer only, as far as that is known without a connection: to be read before a
/// disk is wiped. What is not known counts as unsaved.
public struct UnsavedWork: Sendable, Hashable {
  /// The state of the work tree, with untracked files whatever is set to hide them.
  public var state = RepositoryState()
  /// Changed files that git is told not to look at: `assume-unchanged`, `skip-worktree`.
  public var hidden = 0
  /// Files and directories that only this computer's own rules ignore: `.git/info/exclude`, `core.excludesFile`.
  public var ignoredHere = 0
  /// Commits that no remote-tracking branch of a remote elsewhere has.
  public var commits = 0
  /// The refs, or reflogs, that lead to some of these.
  public var sources: [String] = []
  /// Tags that nothing shows to be on a remote.
  public var tags: [String] = []
  /// Notes, and other refs that are not pushed by themselves, that nothing shows to be on a remote.
  public var notes: [String] = []
  /// Files of Git LFS that nothing shows to be uploaded.
  public var lfsFiles = 0
  /// Files whose content git-annex has in this repository, and knows in no repository elsewhere.
  public var annexedFiles = 0
  /// The remotes that are on this computer.
  public var remotesHere: [String] = []
  /// Whether there is a remote elsewhere.
  public var hasRemoteElsewhere = false
  /// Whether it is a bare repository in which files of a work tree were staged (git(1), `--work-tree`): only its user knows where
  /// that work tree is, and in what state.
  public var hasWorkTreeElsewhere = false
  /// Where work may be hidden that could not be looked for, in a format that only the `git` program reads.
  public var unexamined: [Aspect] = []
  /// Linked worktrees and submodules, and what of them exists here only.
  public var parts: [Part] = []

  /// What is looked at.
  public enum Aspect: Sendable, Hashable {
    /// Commits, tags, notes and the reflogs of HEAD.
    case refs
    /// Files that git is told not to look at.
    case hiddenFiles
    /// Files that only this computer's own rules ignore.
    case ignoredFiles
    /// What Git LFS keeps.
    case lfs
    /// What git-annex keeps.
    case annex
    /// Repositories of submodules, checked out or not.
    case submodules
  }

  /// Another work tree or repository that belongs to this one.
  public struct Part: Sendable, Hashable {
    /// The root of its work tree, or its git directory where it has none here.
    public var path: FilePath
    /// What exists here only; nil where that could not be read.
    public var work: UnsavedWork?
    /// Why it could not be read.
    public var error: String?
  }

  /// Whether there is nothing.
  public var isEmpty: Bool {
    state.staged + state.changed + state.untracked + state.conflicted + state.unsure + state.stashes == 0
      && state.operation == nil && hidden + ignoredHere + commits + lfsFiles + annexedFiles == 0
      && tags.isEmpty && notes.isEmpty && unexamined.isEmpty && !hasWorkTreeElsewhere
      && parts.allSatisfy { $0.error == nil && $0.work?.isEmpty ?? false }
  }

  /// What exists only here of the repository whose root, or part, is `directory`; nothing is written, and nothing that it says is
  /// run.
  ///
  /// - Parameter known: work trees that are looked at by themselves, and need not be again.
  /// - Throws: ``GitError`` as ``RepositoryState/read(at:alwaysUntracked:)``.
  public static func read(at directory: FilePath, except known: Set<FilePath> = []) throws(GitError)
    -> UnsavedWork
  {
    try Examination.run(of: directory) { () throws(GitError) in
      try UnsavedReader(known: known).read(at: directory)
    }
  }
}

extension UnsavedWork {
  /// As ``read(at:except:)`` of many, several at a time; one that does not answer is given up, and the others go on.
  ///
  /// - Parameters:
  ///   - parts: those of the places that may be parts of a repository's work tree.
  ///   - progress: called on this thread, now and then, with how many are done.
  public static func readAll(
    _ places: [FilePath], parts: Set<FilePath>, progress: (Int) -> Void
  ) -> [Result<UnsavedWork, GitError>] {
    let known = Set(places)
    let threads = min(8, 4 * ThisProcess.processors)
    let results = Parallel.map(places, silence: Examination.silence, threads: threads, progress: progress) {
      place -> Result<UnsavedWork, GitError> in
      do throws(GitError) {
        guard parts.contains(place) || RepositoryState.isRoot(place) else {
          throw GitError(.notARepository, "reading", place.visible, reason: "not a git repository")
        }
        return .success(try read(at: place, except: known))
      } catch {
        return .failure(error)
      }
    }
    return zip(places, results).map { place, result in
      result ?? .failure(Examination.unanswered(place))
    }
  }
}
