public import SystemSupport
import ByteStrings
import Registry
public import SystemPackage

/// Runs the `git` program, for what libgit2 does not do: transports, and repositories in formats it does not know.
///
/// What it may do is set by the ``SystemSupport/GitEnvironment``, without which it cannot be made. Messages are in English
/// (`LC_ALL=C`), and no lock is taken for a mere refresh (`GIT_OPTIONAL_LOCKS=0`).
public struct GitProgram: Sendable {
  /// What is put before the subcommand, such as `--git-dir=…`.
  public var options: [String]
  /// The directory that git starts in (its `-C`); nil: this process's.
  public var directory: FilePath?
  /// What it reads on stdin; nothing unless given.
  public var input: [UInt8] = []
  /// Seconds that it may neither say nor compute anything before it and its children are stopped; nil: no limit.
  public var silenceLimit: Double?
  /// As ``SystemSupport/ChildProcess/bytesWritten``.
  public var bytesWritten: (@Sendable () -> Int)?
  /// Seconds that it may take before it and its children are stopped; nil: no limit.
  public var timeLimit: Double?
  /// Whether it, and what it starts, asks nobody: neither on the terminal nor in a window.
  public var asksNobody = false
  /// Bytes of memory (`RLIMIT_DATA`) that it, and each of its children, may take; nil: no limit.
  public var memoryLimit: Int?
  /// Bytes that a file which it writes may have; nil: no limit.
  public var fileSizeLimit: Int?
  /// As ``SystemSupport/ChildProcess/errorLimit``.
  public var errorLimit: Int?
  /// Called with each piece of stderr as it comes; without it stderr is captured.
  public var onErrors: (@Sendable ([UInt8]) -> Void)?
  /// Variables to set (nil: to unset) beside the environment's.
  public var environment: [String: String?] = [:]
  private let kind: GitEnvironment

  private init(_ kind: GitEnvironment, _ directory: FilePath?, _ options: [String]) {
    self.kind = kind
    self.directory = directory
    self.options = options
  }

  /// git, started in a directory that is ours or the user's: what it finds there is not foreign.
  public init(_ environment: GitEnvironment, at directory: FilePath) {
    precondition(environment != .foreign, "a foreign repository's owner is to be checked")
    self.init(environment, directory, environment.options)
  }

  /// git, told where the repository is: nothing is looked for, and git asks nobody whose it is. For the registry, which
  /// has been opened.
  public init(_ environment: GitEnvironment, gitDirectory: FilePath) {
    precondition(environment != .foreign, "a foreign repository's owner is to be checked")
    self.init(environment, nil, environment.options + ["--git-dir=\(gitDirectory.text)"])
  }

  /// git on no repository at all, whichever this process is in: on files that are named, and the user's settings.
  public init(outsideRepositories environment: GitEnvironment) {
    self.init(environment, nil, environment.options + ["--git-dir=/dev/null"])
  }

  /// git, to read the repository that `directory` is, or is in.
  ///
  /// - Throws: `ownedBySomeoneElse`, before git or anything else reads more of it than who owns it. git looks at the owner
  ///   as well, but not of the directory that worktrees share. `damaged` and `tooLarge` for what git would open and wait
  ///   for, or read without bound.
  public init(reading directory: FilePath) throws(GitError) {
    self.init(reading: try CheckedRepository(around: directory))
  }

  /// git, to read a repository that has been looked at.
  init(reading repository: CheckedRepository) {
    self.init(.foreign, repository.directory, GitEnvironment.foreign.options)
    limitForReading()
  }

  /// git, to read the repository with this git directory, of this work tree where it has one.
  ///
  /// - Throws: `ownedBySomeoneElse`, as ``init(reading:)``; git itself would not look at the owner of what it is told.
  public init(readingGitDirectory gitDirectory: FilePath, workTree: FilePath?) throws(GitError) {
    try Ownership.check(gitDirectory: gitDirectory, workTree: workTree)
    try GitDirectoryCheck.gitDirectory(gitDirectory)
    self.init(.foreign, nil, GitEnvironment.foreign.options + ["--git-dir=\(gitDirectory.text)"])
    limitForReading()
  }

  /// Options by which hooks are looked for nowhere, where `core.hooksPath` is a relative path; none where it is not.
  ///
  /// Such a path leads into the work tree (git-config(1)). What a remote or a template has put there is not the user's own,
  /// and would run before they have seen it.
  public func optionsAgainstHooksInWorkTrees() throws(GitError) -> [String] {
    guard let path = try output(["config", "--null", "--type=path", "--get", "core.hooksPath"]) else {
      return []
    }
    return path.first == UInt8(ascii: "/") ? [] : Self.optionsAgainstHooks
  }

  /// The same for a repository that is not there yet, as for a clone: a file that the settings include under a condition (on its
  /// place, its branch or its remote) may apply to it, so it counts whatever the condition.
  public func optionsAgainstHooksInClones() throws(GitError) -> [String] {
    let options = try optionsAgainstHooksInWorkTrees()
    guard options.isEmpty else { return options }
    let arguments = ["config", "--null", "--show-origin", "--get-regexp", #"^includeif\..*\.path$"#]
    let fields = try (output(arguments) ?? []).split(separator: 0, omittingEmptySubsequences: false)
    for record in stride(from: 0, to: fields.count - 1, by: 2) {
      let origin =
        fields[record].starts(with: "file:".utf8) ? fields[record].dropFirst("file:".utf8.count) : []
      guard let end = fields[record + 1].firstIndex(of: UInt8(ascii: "\n")) else { continue }
      let value = Array(fields[record + 1][(end + 1)...])
      guard let file = IncludedFiles.expanded(value, in: FilePath(bytes: Array(origin))) else {
        return Self.optionsAgainstHooks
      }
      if IncludedFiles.mayNameRelativeHooks(file) { return Self.optionsAgainstHooks }
    }
    return []
  }

  private static let optionsAgainstHooks = ["-c", "core.hooksPath=/dev/null"]

  /// Runs `git` with these arguments to its end; any way of ending is an answer.
  ///
  /// - Throws: `noProgram` where there is none; `unanswered` where it took too long, `tooLarge` where it wrote too much;
  ///   `other` where it could not be run.
  public func run(_ arguments: [String]) throws(GitError) -> ChildProcess.Result {
    do {
      return try process(arguments).run()
    } catch {
      if error.code == .noSuchFileOrDirectory {
        throw GitError(
          .noProgram, "running", "git", reason: "command not found", remedy: .installGit)
      }
      if error.code == .timedOut {
        throw GitError(
          .unanswered, "running", subject(arguments),
          reason: "it did not end within \(Int(timeLimit ?? 0)) seconds")
      }
      if error.code == .fileTooLarge {
        throw GitError(.tooLarge, "running", subject(arguments), reason: "it says more than is taken from it")
      }
      throw GitError(error)
    }
  }

  /// Bounds what it may take where it reads a repository of unknown origin.
  mutating func limitForReading(seconds: Double = Limits.program) {
    timeLimit = seconds
    memoryLimit = Limits.programMemory
    // Each thread's stack counts as its memory.
    options += ["-c", "index.threads=1", "-c", "pack.threads=1", "-c", "core.preloadIndex=false"]
    limitAllocations()
  }

  /// Bytes that a pack may have which is received, unless the system allows less of a file.
  public static var receivedPack: Int { min(Limits.receivedFile, ResourceLimit.fileSize.current ?? .max) }

  /// Bounds what it may take where it receives what a remote sends.
  public mutating func limitForReceiving() {
    limitForConnecting()
    fileSizeLimit = Limits.receivedFile
    // Only index-pack has one object in memory at a time, and none of a blob that is larger than this.
    options += [
      "-c", "fetch.unpackLimit=1", "-c", "pack.threads=1", "-c", "core.bigFileThreshold=\(Limits.blob)",
    ]
  }

  /// Bounds what it may take where it asks a remote what it has, and sends.
  ///
  /// More than for receiving: git has all objects that it sends in one block, and each of its threads has a stack.
  public mutating func limitForSending() {
    memoryLimit = Limits.sendingMemory
    environment["GIT_ALLOC_LIMIT"] = "\(Limits.sendingAllocation)"
  }

  /// Bounds what it may take where it connects to a remote. Of refs without end git makes a list, piece by piece, which only
  /// a bound for all of its memory ends.
  ///
  /// ssh and credential helpers inherit that one, so it is more than git needs.
  public mutating func limitForConnecting() {
    memoryLimit = Limits.connectedMemory
    limitAllocations(to: Limits.receivingAllocation)
    limitPackWindows()
  }

  /// Bounds what it maps of packs at a time, for callers that read packs from end to end.
  public mutating func limitPackWindows() {
    options += ["-c", "core.packedGitWindowSize=2m", "-c", "core.packedGitLimit=16m"]
  }

  /// Bounds what git itself allocates at once: it reads commits, trees and tags whole, whatever size they claim, and
  /// likewise the list of a remote's refs.
  private mutating func limitAllocations(to limit: Int = Limits.allocation) {
    environment["GIT_ALLOC_LIMIT"] = "\(limit)"
    options += ["-c", "core.deltaBaseCacheLimit=16m"]
  }

  private func subject(_ arguments: [String]) -> String {
    "git \(arguments.first ?? "")" + (directory.map { " in \($0.visible)" } ?? "")
  }

  /// The process that ``run(_:)`` runs, for those who run it among others.
  public func process(_ arguments: [String]) -> ChildProcess {
    // git ends at once in a directory that has been deleted, also where it needs none.
    let start = directory ?? (Environment.existingCurrentDirectory == nil ? "/" : nil)
    var process = ChildProcess("git", options + (start.map { ["-C", $0.text] } ?? []) + arguments)
    process.input = input
    process.silenceLimit = silenceLimit
    process.bytesWritten = bytesWritten
    // It checks in silence whether all that came hangs together.
    process.mayWorkSilently = true
    process.timeLimit = timeLimit
    process.memoryLimit = memoryLimit
    process.fileSizeLimit = fileSizeLimit
    process.onErrors = onErrors
    process.errorLimit = errorLimit
    process.environment = Self.common.merging(kind.variables) { _, given in given }
      .merging(environment) { _, given in given }
    if asksNobody {
      process.isWithoutTerminal = true
      // An empty program: without one, git would take that of core.askPass.
      process.environment.merge(
        ["GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS_REQUIRE": "never", "SSH_ASKPASS": nil]
      ) { $1 }
    }
    return process
  }

  /// What `git` prints; nil where it ends with 1, its "no".
  ///
  /// - Throws: an error with what it says on stderr where it ends in any other way.
  public func output(_ arguments: [String]) throws(GitError) -> [UInt8]? {
    let result = try run(arguments)
    switch result.termination {
    case .exited(0): return result.output
    case .exited(1): return nil
    case .exited(let status): throw failure(arguments, result, "it ended with status \(status)")
    case .signalled(let signal): throw failure(arguments, result, "it was ended by signal \(signal)")
    case .silent: throw failure(arguments, result, "it said nothing for \(Int(silenceLimit ?? 0)) seconds")
    }
  }

  private func failure(_ arguments: [String], _ result: ChildProcess.Result, _ fallback: String) -> GitError {
    GitError(
      .other, "running", subject(arguments), reason: GitDiagnostics.reason(result.errors) ?? fallback)
  }

  // The caller of git registers the result from its final place: a hook of ours would see a directory that is moved
  // later.
  private static let common: [String: String?] = [
    "LC_ALL": "C", "LANGUAGE": nil, "GIT_OPTIONAL_LOCKS": "0", "GIT_PAGER": "cat",
    "DEV_INFRA_HOOKS": "0",
  ]
}
