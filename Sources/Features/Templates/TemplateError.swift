public import Metadata
public import Registry
public import SystemPackage

/// Why a project is not made from a template, or not registered.
public enum TemplateError: Error, Sendable {
  /// What git was to do.
  public enum Step: Equatable, Sendable {
    /// Making the project's repository.
    case makeRepository
    /// Adding the remote.
    case addRemote
    /// Adding the files.
    case addFiles
    /// Making the first commit.
    case commit
    /// Making the repository that a template is fetched into; the template's URL.
    case prepareCopy(String)
    /// Fetching a template.
    case fetch(String)
    /// Checking a template out.
    case checkOut(String)
  }

  /// How git ended.
  public enum Ending: Equatable, Sendable {
    /// It failed, for this reason where it gave one.
    case failed(reason: String?)
    /// By a signal.
    case signalled(Int32)
    /// It said nothing for too long, and was ended.
    case silent
    /// It was not done after so many seconds, whatever it said.
    case unfinished(seconds: Int)
    /// It said more than so many bytes.
    case messages(bytes: Int)
  }

  /// What a fetched template has that none may have.
  public enum Fault: Equatable, Sendable {
    /// Nothing: it has no commit.
    case noCommit
    /// More files than this.
    case moreFiles(than: Int)
    /// A file of this name.
    case file(String)
    /// More levels of directories than this.
    case deeper(than: Int)
    /// More than so many bytes.
    case larger(than: Int)
  }

  // MARK: What was asked for

  /// The path cannot be a project's directory.
  case unusableDirectory(String)
  /// The name cannot be a project's.
  case unusableName(String)
  /// A template has an empty name.
  case emptyTemplateName
  /// A URL is not taken.
  case refusedURL(RefusedURL)
  /// It is not the name of a branch, a tag or a commit.
  case malformedReference(String)
  /// There is no template of that name; those that there are.
  case unknownTemplate(String, known: [String])

  // MARK: Making it

  /// Something is at the project's place.
  case occupied(FilePath)
  /// The project's place cannot be used.
  case unusablePlace(any Error)
  /// git does not know who the user is.
  case noAuthor
  /// A step of git's failed.
  case git(Step, Ending)
  /// A template from this URL cannot be used.
  case unusableTemplate(String, Fault)
  /// What the template makes of `.dev-infra.yml` cannot be changed.
  case malformedMetadata(MetadataError)
  /// The project is made, and was not registered, for the reason inside; nil where registering gave none.
  case notRegistered(FilePath, (any Error)?)
}

/// What is worth knowing while a project is made.
public enum TemplateNotice: Sendable {
  /// The remote's URL has parts that may be secrets, which are not used.
  case secretsOfRemoteDropped
  /// The template's URL has such parts.
  case secretsOfTemplateDropped
  /// The template could not be fetched, and the copy from before is used.
  case usesFormerCopy(TemplateError)
}
