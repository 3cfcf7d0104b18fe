import Glibc
public import Platform
import Records
public import SystemPackage

/// Runs the `git` program, for what libgit2 does not do: transports, and repositories in formats it does not know.
///
/// The environment is clean: messages in English (`LC_ALL=C`), no lock taken for a mere refresh
/// (`GIT_OPTIONAL_LOCKS=0`), only transports that are known (`GIT_ALLOW_PROTOCOL`; a list that the user set is kept,
/// without `ext`), and no variable that ties git to another repository.
public struct GitProgram: Sendable {
  /// What is put before the subcommand, such as `--git-dir=…`.
  public var options: [String]
  /// The directory that git starts in (its `-C`); nil: this process's.
  public var directory: FilePath?
  /// What it reads on stdin; nothing unless given.
  public var input: [UInt8] = []
  /// Seconds that it may say nothing before it and its children are stopped; nil: no limit.
  public var silenceLimit: Double?
  /// Seconds that it may take before it and its children are stopped; nil: no limit.
  public var timeLimit: Double?
  /// Bytes of memory (`RLIMIT_DATA`) that it, and each of its children, may take; nil: no limit.
  public var memoryLimit: Int?
  /// Bytes that a file which it writes may have; nil: no limit.
  public var fileSizeLimit: Int?
  /// Called with each piece of stderr as it comes; without it stderr is captured.
  public var onErrors: (@Sendable ([UInt8]) -> Void)?
  /// Variables to set (nil: to unset) beside the clean environment's.
  public var environment: [String: String?] = [:]

  /// The transports that may be used, as git's `GIT_ALLOW_PROTOCOL` lists them.
  public static let transports = "file:git:http:https:ssh:work-prod"

  /// Options by which git runs no hooks at all: neither those of a folder nor, from 2.55 on, those of the configuration
  /// for what a fetch, a push or a checkout does (git-config(1), `hook.<event>.enabled`).
  public static let withoutHooks =
    ["-c", "core.hooksPath=/dev/null"]
    + ["reference-transaction", "post-checkout", "post-index-change", "pre-push"].flatMap {
      ["-c", "hook.\($0).enabled=false"]
    }

  /// git, started in a directory.
  public init(at directory: FilePath? = nil) {
    options = []
    self.directory = directory
  }

  /// git, told where the repository is: nothing is looked for.
  public init(gitDirectory: FilePath) {
    options = ["--git-dir=\(gitDirectory.text)"]
  }

  /// Runs `git` with these arguments to its end; any way of ending is an answer.
  ///
  /// - Throws: `noProgram` where there is none; `other` where it could not be run.
  public func run(_ arguments: [String]) throws(GitError) -> ChildProcess.Result {
    do {
      return try process(arguments).run()
    } catch {
      if error.code == ENOENT {
        throw GitError(
          .noProgram, "running", "git", reason: "there is no git on PATH",
          hint: "install git, or add it to PATH")
      }
      if error.code == ETIMEDOUT {
        throw GitError(
          .unanswered, "running", subject(arguments),
          reason: "it did not end within \(Int(timeLimit ?? 0)) seconds")
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

  /// Bounds what it may take where it receives what a remote sends.
  ///
  /// Not by `RLIMIT_DATA`, which ssh and credential helpers would inherit.
  public mutating func limitForReceiving() {
    limitAllocations()
    fileSizeLimit = Limits.receivedFile
    // Only index-pack has one object in memory at a time, and none of a blob that is larger than this.
    options += [
      "-c", "fetch.unpackLimit=1", "-c", "pack.threads=1", "-c", "core.bigFileThreshold=\(Limits.blob)",
    ]
  }

  /// Bounds what git itself allocates at once: it reads commits, trees and tags whole, whatever size they claim.
  private mutating func limitAllocations() {
    environment["GIT_ALLOC_LIMIT"] = "\(Limits.allocation)"
    options += ["-c", "core.deltaBaseCacheLimit=16m"]
  }

  private func subject(_ arguments: [String]) -> String {
    "git \(arguments.first ?? "")" + (directory.map { " in \($0.visible)" } ?? "")
  }

  /// The process that ``run(_:)`` runs, for those who run it among others.
  public func process(_ arguments: [String]) -> ChildProcess {
    var process = ChildProcess("git", (directory.map { ["-C", $0.text] } ?? []) + options + arguments)
    process.input = input
    process.silenceLimit = silenceLimit
    process.timeLimit = timeLimit
    process.memoryLimit = memoryLimit
    process.fileSizeLimit = fileSizeLimit
    process.onErrors = onErrors
    process.environment = Self.cleanEnvironment.merging(environment) { _, given in given }
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
    let lines = result.errors.split(separator: UInt8(ascii: "\n")).map { ByteText.string(from: $0) }
    let telling = lines.first { $0.hasPrefix("fatal: ") } ?? lines.first
    var said = telling.map { $0.hasPrefix("fatal: ") ? String($0.dropFirst(7)) : $0 }
    // git lists what it found below such a line.
    if let line = said, line.hasSuffix(":"), let place = lines.firstIndex(where: { $0 == telling }) {
      let list = lines[(place + 1)...].map { $0.drop { $0 == "\t" || $0 == " " } }
      said = ([line] + [list.joined(separator: ", ")]).joined(separator: " ")
    }
    return GitError(.other, "running", subject(arguments), reason: Quoting.visible(said ?? fallback))
  }

  private static var cleanEnvironment: [String: String?] {
    // What runs git registers what comes of it, from where it ends up: a hook of ours would see a directory that moves.
    var variables: [String: String?] = [
      "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_PAGER": "cat", "DEV_INFRA_HOOKS": "0",
    ]
    for name in [
      "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_OBJECT_DIRECTORY", "GIT_DIR", "GIT_WORK_TREE",
      "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE", "GIT_INDEX_FILE", "GIT_NO_REPLACE_OBJECTS",
      "GIT_REPLACE_REF_BASE", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_COMMON_DIR", "GIT_INTERNAL_SUPER_PREFIX",
      "GIT_QUARANTINE_PATH", "GIT_NAMESPACE", "GIT_DEFAULT_HASH", "LANGUAGE",
    ] { variables[name] = .some(nil) }
    let own = Environment["GIT_ALLOW_PROTOCOL"].map { list in
      list.split(separator: ":").filter { $0 != "ext" }.joined(separator: ":")
    }
    variables["GIT_ALLOW_PROTOCOL"] = own ?? transports
    return variables
  }
}
