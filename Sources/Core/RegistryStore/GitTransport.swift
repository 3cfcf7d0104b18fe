import Git
import SystemSupport
import ByteStrings
import Registry
import SystemPackage

/// A `git fetch` or `git push` of the registry: the `git` program does the transport, since it knows ssh's configuration,
/// credential helpers, proxies and remote helpers.
package struct GitTransport {
  /// What is done.
  let action: TransportFailure.Action
  /// The remote's name.
  let remote: String
  /// Its URL as configured.
  let url: String
  /// Seconds that it may say nothing; nil for no limit.
  let silenceLimit: Double?
  /// Takes what git says on stderr as it comes; nil where its progress is not shown.
  let relay: (@Sendable ([UInt8]) -> Void)?
  /// Gets what the helper of a service says about single projects.
  let delegate: any RegistryDelegate
  /// Seconds that it may take in all; nil for no limit.
  package var timeLimit: Double?
  /// Whether nobody is asked for anything.
  var asksNobody = false
  /// Whether it is about what machines say of their checkouts, and not about main.
  var isOfStates = false

  /// Tells the helper of a service what a transfer is about.
  package static let transferVariable = "DEV_INFRA_TRANSFER"
  /// Its value for states; without one it is main.
  package static let states = "states"

  /// Seconds that a transfer may take in all, where the remote may be silent for so many.
  package static func longest(silence: Double) -> Double { 360 * silence }

  /// What came of a run: what git printed, and whether it ended with 0.
  package typealias Outcome = (succeeded: Bool, output: [UInt8], errors: [UInt8])

  /// Runs git with these words.
  ///
  /// - Throws: ``RegistryStoreError`` when it was silent for too long, or could not be run.
  func run(_ words: [String], in store: borrowing RegistryStore) throws -> Outcome {
    guard let encrypted = try EncryptedRemote(remote, url: url, in: store) else {
      return try run(words, on: store.directory, helpers: .allowed(store.allowedHelpers()))
    }
    do {
      return try encrypted.run(words, in: store) { try run($0, on: $1, helpers: $2, options: $3) }
    } catch let error as EncryptedRemote.FewerKeys {
      throw failure(.fewerKeys(there: error.there, here: error.here))
    }
  }

  /// What git may reach a remote by.
  package enum Helpers: Equatable {
    /// The usual transports, and these remote helpers.
    case allowed([String])
    /// Nothing but gcrypt, on a path.
    case encryption
  }

  /// Runs git with these words on a repository.
  ///
  /// - Parameters:
  ///   - options: what stands before the words beside what always does.
  private func run(
    _ words: [String], on repository: FilePath, helpers: Helpers, options: [String] = []
  ) throws -> Outcome {
    var git = GitProgram(.transport, gitDirectory: repository)
    switch words.first {
    case "push": git.limitForSending()
    default: git.limitForReceiving()
    }
    git.options += options
    git.environment["GIT_ALLOW_PROTOCOL"] =
      switch helpers {
      case .allowed(let names): GitEnvironment.transports(with: names)
      case .encryption: GitEnvironment.transports(only: ["gcrypt", "file"])
      }
    // Names that a file system could not take are no danger to a repository without files, and one bad entry of a
    // remote must not keep the good ones from coming. What is used is checked when it is read.
    for message in Self.tolerated { git.options += ["-c", "fetch.fsck.\(message)=ignore"] }
    if url.begins(with: "work-prod::") {
      // So that it reads only states, or only the records of a service.
      git.environment[Self.transferVariable] = isOfStates ? Self.states : nil
      // Its helper keeps the time itself: it waits between attempts, and knows whether the service is silent or slow.
      git.options += ["-c", "dev-infra.timeout=\(Int(silenceLimit ?? 0))"]
    } else if helpers != .encryption {
      git.silenceLimit = silenceLimit
      // A state has no parent by which git could tell what of it the remote has, and each push would send all files of it. In a
      // repository that is shallow git looks at the files of what is there instead (pack-objects), and one with an empty list of
      // where its history ends is.
      if isOfStates, words.first == "push" { git.environment["GIT_SHALLOW_FILE"] = "/dev/null" }
    }
    // What a fetch makes is looked at and deleted again; the tracking reference is moved by our own. Of thousands of states each
    // would wait for the disk. git takes nothing away from "all", so that all else is named.
    if words.first == "fetch" { git.options += ["-c", "core.fsync=objects,derived-metadata,index"] }
    git.options += GitEnvironment.options(forRemote: remote)
    git.timeLimit = timeLimit
    git.errorLimit = ChildProcess.keptErrors
    // gpg's agent asks a person in a process that is not below this one.
    if helpers == .encryption { git.timeLimit = Terminal.isAtHand ? 600 : 120 }
    git.asksNobody = asksNobody
    let kept = MessageLog()
    let relay = relay
    git.onErrors = { bytes in
      kept.append(bytes)
      relay?(bytes)
    }
    StaleLocks.clearPatiently(repository, telling: delegate)
    let result: ChildProcess.Result
    do {
      result = try git.run(words)
    } catch {
      switch error.kind {
      case .unanswered: throw failure(.duration(seconds: Int(git.timeLimit ?? 0)))
      case .tooLarge: throw failure(.messages(bytes: ChildProcess.keptErrors))
      default: throw error
      }
    }
    switch result.termination {
    case .exited(let status): return (status == 0, result.output, kept.bytes)
    case .signalled(let signal): throw failure(.signal(signal))
    case .silent: throw failure(.silence(seconds: Int(silenceLimit ?? 0)))
    }
  }

  /// Why a service did not take all that was pushed, where git's report says that.
  func partialReason(_ pushed: GitDiagnostics.PushedRef) -> String? {
    guard url.begins(with: "work-prod::"), let refusal = pushed.refusal, refusal.isRemote else { return nil }
    return Quoting.visible(refusal.reason)
  }

  /// Runs `git push` for these refspecs.
  ///
  /// - Returns: git's report of each reference, for ``GitDiagnostics/PushedRef``, and whether all went well.
  /// - Throws: as ``run(_:in:)``.
  func push(
    _ refspecs: [String], dryRun: Bool = false, in store: borrowing RegistryStore
  ) throws -> (succeeded: Bool, report: [UInt8], errors: [UInt8]) {
    let result = try run(
      ["push", "--porcelain", "--no-verify", "--progress", "--no-follow-tags", "--recurse-submodules=no"]
        + (dryRun ? ["--dry-run"] : []) + ["--", remote]
        + refspecs,
      in: store)
    return (result.succeeded, result.output, result.errors)
  }

  /// Passes on what the helper of a service said of single projects, unless all that is said is shown as it comes.
  func passOn(_ errors: [UInt8]) {
    guard url.begins(with: "work-prod::"), relay == nil else { return }
    for line in GitDiagnostics.ofHelper(errors) {
      switch line {
      case .warning(let text): delegate.note(.serviceWarning(text))
      case .error(let text): delegate.note(.serviceError(text))
      }
    }
  }

  /// The failure that git's own words tell of.
  func failure(_ errors: [UInt8]) -> RegistryStoreError { failure(.git(GitDiagnostics.reason(errors))) }

  /// The failure of a remote that is a shallow clone: it does not say what was merged there and when.
  var shallowFailure: RegistryStoreError { failure(.shallow) }

  /// The failure that git's report of a push, and its messages beside it, describe.
  func pushFailure(_ pushed: GitDiagnostics.PushedRef?, _ errors: [UInt8]) -> RegistryStoreError {
    let reason = GitDiagnostics.reason(errors)
    var cause = TransportFailure.Cause.git(reason)
    var remedy: TransportFailure.Remedy? = Files.kind(of: FilePath(text: path)) == .file ? .bundle(path) : nil
    if let refusal = pushed?.refusal {
      let isCheckedOut = refusal.isOfCheckedOutBranch
      cause = .refused(Quoting.visible(refusal.reason), said: isCheckedOut ? nil : reason)
      if isCheckedOut { remedy = .bareRepository }
    }
    return failure(cause, remedy)
  }

  /// Where the remote is, where that is a path.
  private var path: String { url.begins(with: "file://") ? String(url.dropFirst("file://".count)) : url }

  /// The failure of this cause.
  func failure(
    _ cause: TransportFailure.Cause, _ remedy: TransportFailure.Remedy? = nil
  ) -> RegistryStoreError {
    .transport(
      TransportFailure(
        action: action, remote: remote, url: RemoteURL.withoutSecrets(url), cause: cause, remedy: remedy))
  }

  /// Findings of fsck in trees and blobs that matter only when they are checked out.
  private static let tolerated = [
    "hasDot", "hasDotdot", "hasDotgit", "fullPathname", "emptyName", "nullSha1", "zeroPaddedFilemode",
    "badFilemode",
    "gitmodulesBlob", "gitmodulesLarge", "gitmodulesMissing", "gitmodulesName", "gitmodulesParse",
    "gitmodulesPath",
    "gitmodulesSymlink", "gitmodulesUpdate", "gitmodulesUrl", "gitignoreSymlink", "gitattributesSymlink",
    "mailmapSymlink",
  ]
}

extension RegistryStore {
  /// The transport to or from a remote.
  ///
  /// - Parameters:
  ///   - timeout: seconds that the remote may say nothing; nil for the configured ones.
  ///   - relay: takes what git says on stderr as it comes; nil where its progress is not shown.
  package func transport(
    _ action: TransportFailure.Action, _ branch: RemoteBranch, _ timeout: Int?,
    _ relay: (@Sendable ([UInt8]) -> Void)?
  ) throws -> GitTransport {
    var transport = GitTransport(
      action: action, remote: branch.remote, url: try remoteURL(of: branch.remote) ?? "",
      silenceLimit: try silenceLimit(timeout), relay: relay, delegate: delegate)
    // Every output of a remote counts as a sign of life, so it could go on for ever. A service's helper keeps the time
    // itself.
    if !transport.url.begins(with: "work-prod::") {
      transport.timeLimit = transport.silenceLimit.map(GitTransport.longest)
    }
    return transport
  }
}

/// What git says, as it comes.
private final class MessageLog: @unchecked Sendable {
  // Only the thread that waits for git appends and reads.
  private(set) var bytes: [UInt8] = []
  func append(_ more: [UInt8]) { bytes += more }
}
