public import Git
public import Registry
public import SystemPackage

/// Why a project is not cloned.
public enum CloningError: Error, Sendable {
  /// What is wrong with a name on the way to a clone.
  public enum NameFault: Equatable, Sendable {
    /// No directory is called so.
    case notAName
    /// A program would take it for an option.
    case option
    /// It has more bytes.
    case longerThan(bytes: Int)
    /// Git keeps its own things under it.
    case gitsOwn
  }

  // MARK: Settings

  /// `HOME` is not set to an absolute path.
  case noHome
  /// `dev-infra.root` is not an absolute path.
  case relativeRoot(String)
  /// There is no such `dev-infra.layout`.
  case unknownLayout(String)

  // MARK: Where it would go

  /// The project has no remote URL.
  case noURL
  /// No project of the registry is called as this glob says.
  case noneMatches(String)
  /// The URL that was named is refused.
  case refusedURL(RefusedURL)
  /// The project's id in the view is not one.
  case damagedID
  /// No machine is known to have the project.
  case onNoMachine
  /// The URL has nothing behind its host.
  case urlWithoutPath(String)
  /// The URL's host begins with a dot.
  case hiddenHost(String)
  /// On the machine that has it, it is here, outside the home directory.
  case outsideHomeThere(FilePath)
  /// It would go outside the home directory here.
  case outsideHome(FilePath)
  /// A name on the way begins with a dot.
  case hiddenName(String, in: FilePath)
  /// Programs are looked for in this directory, which would come with it.
  case programsDirectory(FilePath)
  /// The place has more names than this.
  case tooManyNames(String, limit: Int)
  /// A name of the place cannot be a directory's.
  case unusableName(String, in: String, NameFault)
  /// Another project of this name goes to the same place.
  case placeTaken(FilePath, by: String)

  // MARK: What is in the way

  /// Something already exists there.
  case occupied(FilePath)
  /// A directory was replaced by something else while it was used.
  case replacedMeanwhile(FilePath)
  /// A directory on the way is a repository.
  case repositoryOnTheWay(FilePath)
  /// A name on the way is a symbolic link.
  case linkOnTheWay(FilePath)

  // MARK: Cloning

  /// git failed, for this reason where it gave one.
  case failed(status: Int32, reason: String?)
  /// git was ended by a signal.
  case signalled(Int32)
  /// The host was not reached for other projects, so that it was not tried for this one.
  case hostNotReached(String)
  /// The clone is whole, and its submodules are not; why, in git's words.
  case submodulesNotCloned(of: String, reason: String)
  /// git said nothing for so many seconds.
  case silent(seconds: Int)

  /// A project cannot be cloned, for the reason inside.
  indirect case notPlanned(name: String, any Error)
  /// Cloning a project from a URL failed, for the reason inside.
  indirect case notCloned(name: String, url: String, any Error)
}

/// What went wrong with a clone that is whole all the same; each with the project's name.
public enum CloneWarning: Sendable {
  /// How git ended.
  public enum Ending: Equatable, Sendable {
    /// With a status.
    case exited(Int32)
    /// By a signal.
    case signalled(Int32)
    /// It said nothing more, and was ended.
    case silent
  }

  /// Why a linked worktree was not made.
  public enum WorkTreeFault: Error, Sendable {
    /// It is neither in the clone nor beside it where it was seen, or its name is not one for a directory.
    case isElsewhere
    /// There is something, or goes something else.
    case isTaken
    /// Its branch did not come with the clone.
    case branchIsNotThere(String)
    /// The commit that it is at did not come with the clone.
    case commitIsNotThere(String)
    /// Which branch it has nobody has said, and none is called as it is.
    case branchIsUnknown
    /// git did not make it; its reason.
    case git(String?)
    /// It could not be made, for the reason inside.
    case failed(any Error)
  }

  /// git failed when all files had been checked out.
  case endedLate(name: String, Ending)
  /// What git warned of.
  case said(name: String, String)
  /// git did not take another remote that the project has; its reason.
  case remoteLeftOut(name: String, remote: String, reason: String?)
  /// git could not be run to add another remote.
  case remoteNotAdded(name: String, GitError)
  /// A linked worktree that the project has elsewhere was not made.
  case workTreeLeftOut(name: String, FilePath, WorkTreeFault)
}

/// Whom a cloner tells how far the clones that are under way have come.
public protocol CloningProgress {
  /// Whether anybody sees what git says of a clone. It is costly: of a small repository it takes a fourth of the time.
  var isShown: Bool { get }
  /// So many clones are made in all.
  func begin(_ total: Int)
  /// What git says of a clone, or that it begins.
  func show(_ name: String, _ stage: CloningStage)
  /// The clone is no longer under way.
  func remove(_ name: String)
  /// None is under way.
  func clear()
}

/// How far a clone has come.
public enum CloningStage: Sendable {
  /// It begins.
  case starting
  /// The last line that git said.
  case said(String)
  /// The connection was dropped; it is made again after a pause.
  case waiting
}
