import CGit2
public import SystemSupport
import ByteStrings
public import SystemPackage

/// A failure of libgit2, or of the `git` program, with all that is known about it.
public struct GitError: Error, Sendable, Hashable {
  /// libgit2's error codes (git2/errors.h): an open set, which later versions extend.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The number that the call returned.
    public let rawValue: Int32

    /// A code by its number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Something failed that has no code of its own.
    public static let generic = Code(rawValue: -1)
    /// `GIT_ENOTFOUND`: an object, a ref, a setting or a file is not there.
    public static let notFound = Code(rawValue: -3)
    /// `GIT_EEXISTS`: a ref or a file already exists.
    public static let exists = Code(rawValue: -4)
    /// An abbreviation that fits more than one object.
    public static let ambiguous = Code(rawValue: -5)
    /// HEAD names a branch without commits.
    public static let unbornBranch = Code(rawValue: -9)
    /// A name or revision that is not well formed.
    public static let invalidSpecification = Code(rawValue: -12)
    /// Another process holds git's lock file, or left it behind.
    public static let locked = Code(rawValue: -14)
    /// A ref does not hold the value that was expected.
    public static let modified = Code(rawValue: -15)
    /// What was asked for makes no sense.
    public static let invalid = Code(rawValue: -21)
    /// An object's bytes do not have the hash they are stored under.
    public static let mismatch = Code(rawValue: -33)
    /// The repository belongs to another user.
    public static let owner = Code(rawValue: -36)
  }

  /// The part of libgit2 that failed (its `git_error_t`): an open set.
  public struct Category: RawRepresentable, Sendable, Hashable {
    /// libgit2's number of the class.
    public let rawValue: Int32

    /// A class by its number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// No class was given.
    public static let none = Category(rawValue: 0)
    /// The operating system: no space, no permission.
    public static let system = Category(rawValue: 2)
    /// `GIT_ERROR_REFERENCE`: reading or moving a ref.
    public static let reference = Category(rawValue: 4)
    /// `GIT_ERROR_REPOSITORY`: finding or opening a repository.
    public static let repository = Category(rawValue: 6)
    /// `GIT_ERROR_CONFIG`: reading or writing a configuration file.
    public static let configuration = Category(rawValue: 7)
    /// `GIT_ERROR_INDEX`: reading or writing an index.
    public static let index = Category(rawValue: 10)
  }

  /// What a caller may want to tell apart.
  public enum Kind: Sendable, Hashable {
    /// Neither the directory nor one above it is a repository.
    case notARepository
    /// There is one, of another user, and `safe.directory` does not list it.
    case ownedBySomeoneElse
    /// There is one, in a format that libgit2 does not know; the `git` program may.
    case unsupportedExtension
    /// A repository, or something in it, is there and cannot be read.
    case damaged
    /// An object, a ref or a setting is not there.
    case notFound
    /// Something larger than the caller allows.
    case tooLarge
    /// A ref did not hold what was expected (or was there when it must not be): somebody was faster.
    case modified
    /// A lock file of git is in the way; see ``GitError/isLocked``.
    case locked
    /// A name, an entry or a value that git would not take.
    case invalid
    /// It took too long, and was given up.
    case unanswered
    /// No `git` program is on `PATH`.
    case noProgram
    /// Anything else.
    case other
  }

  /// What would help.
  public enum Remedy: Sendable, Hashable {
    /// A `git` program on PATH.
    case installGit
    /// A file system that responds, or that another process lets go of a file.
    case responsiveFiles
    /// `safe.directory` in the user's configuration, with this directory, where the user trusts it.
    case trust(FilePath)
  }

  /// What a caller may want to tell apart.
  public let kind: Kind
  /// The number that the call returned.
  public let code: Code
  /// The part of libgit2 that it came from.
  public let category: Category
  /// What was being done, as it reads in a sentence: `opening the repository`.
  public let action: String
  /// What it was done to, shown as it is to be printed.
  public let subject: String
  /// Why it failed, in libgit2's or the system's words, control characters shown as escapes.
  public let reason: String
  /// What would help, where that is known.
  public let remedy: Remedy?
  /// Why the system call failed, where it was one and that is known.
  public let systemCode: Errno?

  /// Whether git's own lock file was in the way.
  public var isLocked: Bool { kind == .locked }

  /// The whole as one sentence, as it stands behind `fatal:`.
  public var message: String { "\(action) \(subject) failed: \(reason)" }

  /// A failure that this module found itself.
  public init(
    _ kind: Kind, _ action: String, _ subject: String, reason: String, remedy: Remedy? = nil,
    code: Code = .generic, category: Category = .none, systemCode: Errno? = nil
  ) {
    self.kind = kind
    self.code = code
    self.category = category
    self.action = action
    self.subject = subject
    self.reason = reason
    self.remedy = remedy
    self.systemCode = systemCode
  }

  /// A failed system call, in the terms of this module.
  ///
  /// - Parameter kind: what it is to the caller; by default `notFound` where the system says so, else `other`.
  public init(_ error: SystemError, kind: Kind? = nil) {
    self.init(
      kind ?? (error.isMissing ? .notFound : .other), error.action, error.subject, reason: error.reason,
      category: .system, systemCode: error.code)
  }

  /// This failure under another kind.
  func with(kind: Kind, reason: String? = nil) -> GitError {
    GitError(
      kind, action, subject, reason: reason ?? self.reason, remedy: remedy, code: code,
      category: category, systemCode: systemCode)
  }

  /// Reads what libgit2 says about the call that just returned `code`. The last error is kept by thread and
  /// overwritten by the next, so nothing may run in between.
  fileprivate init(code: Int32, _ action: () -> String, _ subject: () -> String) {
    let last = git_error_last()
    let message = last.flatMap { $0.pointee.message }.map { ByteText.string(fromC: $0) }
    let code = Code(rawValue: code)
    let category = Category(rawValue: last?.pointee.klass ?? 0)
    // libgit2's class 1, "no memory": what was asked for is bounded, so that the machine's memory is rarely the reason.
    if category.rawValue == 1 {
      self.init(
        .tooLarge, action(), subject(),
        reason: "it takes more memory than the \(Limits.memory >> 20) MB that are allowed", category: category
      )
      return
    }
    let kind: Kind =
      switch code {
      case .notFound, .unbornBranch: .notFound
      case .exists, .modified: .modified
      case .locked: .locked
      case .invalidSpecification, .invalid, .ambiguous: .invalid
      case .owner: .ownedBySomeoneElse
      case .mismatch: .damaged
      default: .other
      }
    self.init(
      kind, action(), subject(), reason: message.map { Quoting.visible($0) } ?? "error \(code.rawValue)",
      code: code, category: category,
      systemCode: category == .system ? message.flatMap { Self.systemCode(of: $0) } : nil)
  }

  /// libgit2 keeps no `errno`; its message ends with the system's own words for one.
  private static func systemCode(of message: String) -> Errno? {
    let codes: [Errno] = [
      .noSpace, .diskQuotaExceeded, .readOnlyFileSystem, .tooManyOpenFiles, .tooManyOpenFilesInSystem,
      .noMemory,
      .permissionDenied, .notPermitted, .ioError, .noSuchFileOrDirectory, .notDirectory, .staleNFSFileHandle,
    ]
    return codes.first { message.ends(with: $0.description) }
  }
}

/// The one place where a result of libgit2 becomes an error: every call goes through it.
///
/// - Returns: `code`, where that is not negative.
/// - Throws: ``GitError`` with libgit2's own message otherwise.
@discardableResult
func check(
  _ code: Int32, _ action: @autoclosure () -> String, _ subject: @autoclosure () -> String
) throws(GitError) -> Int32 {
  guard code < 0 else { return code }
  throw GitError(code: code, action, subject)
}

/// As ``check(_:_:_:)``, where "not found" is an answer.
///
/// - Returns: whether it was found.
func checkFound(
  _ code: Int32, _ action: @autoclosure () -> String, _ subject: @autoclosure () -> String
) throws(GitError) -> Bool {
  if code == GIT_ENOTFOUND.rawValue { return false }
  guard code < 0 else { return true }
  throw GitError(code: code, action, subject)
}

extension GitError: CustomStringConvertible {
  /// ``message``.
  public var description: String { message }
}
