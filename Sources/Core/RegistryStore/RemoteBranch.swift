public import Git
import SystemSupport
import ByteStrings
import Registry
import SystemPackage

/// The registry of a remote, as this machine last saw it.
public struct RemoteBranch: Sendable {
  /// The remote's name, as `git remote` lists it.
  public let remote: String

  /// The branch of a remote that is configured.
  ///
  /// - Throws: ``RegistryStoreError/noRemote(_:registry:)``.
  public init(_ remote: String, in store: borrowing RegistryStore) throws {
    self.remote = remote
    guard !remote.isEmpty, !remote.begins(with: "-"), try store.remoteURL(of: remote) != nil else {
      throw RegistryStoreError.noRemote(remote, registry: store.directory)
    }
  }

  /// Where the remote's main is kept.
  public var reference: String { "refs/remotes/\(remote)/main" }
  /// Where a fetch puts what it brings until it has been looked at.
  ///
  /// Each process has its own, so that two that fetch at once do not meet.
  var incoming: String { "\(Self.ownIncomingFolder)/main" }
  /// As ``incoming``, for what machines say of their checkouts.
  var incomingStates: String { "\(Self.ownIncomingFolder)/state/" }
  /// What a file of this remote is called.
  var fileName: String { Self.fileName(of: remote) }
  /// What a file of a remote is called.
  static func fileName(of remote: String) -> String {
    remote.split(at: "/", omittingEmptySubsequences: false).joined(separator: "%2F")
  }
  /// Where all those are.
  static let incomingFolder = "refs/dev-infra/incoming"
  /// Where this process's are.
  static let ownIncomingFolder = "\(incomingFolder)/\(Host.randomHex(8))"
  /// What the remote had before it was rewound, until it has that again.
  var lost: String { "refs/dev-infra/lost/\(remote)/main" }

  /// What a commit named like this is called in messages: `origin` for `refs/remotes/origin/main`.
  public static func name(of text: String) -> String {
    for prefix in ["refs/remotes/", "remotes/", ""]
    where text.begins(with: prefix) && text.ends(with: "/main") {
      let name = text.dropFirst(prefix.count).dropLast("/main".count)
      if !name.isEmpty, !name.begins(with: "refs/") { return Quoting.visible(String(name)) }
    }
    return Quoting.visible(text)
  }
}

extension RegistryStore {
  /// The URL of a remote, as it is configured; nil where there is no such remote.
  public func remoteURL(of remote: String) throws -> String? {
    try repository.configuration().string("remote.\(remote).url")
  }

  /// The commit that a remote lost when it was rewound, where `text` names that remote's branch.
  public func lostCommit(of text: String) throws -> ObjectID? {
    for remote in try remotes()
    where ["refs/remotes/\(remote)/main", "remotes/\(remote)/main", "\(remote)/main"].contains(text) {
      return try repository.reference(RemoteBranch(remote, in: self).lost)
    }
    return nil
  }

  /// The remote helpers that its user has allowed, once, by name: `dev-infra.remoteHelper` in the registry's own file. What
  /// runs commands never is.
  public func allowedHelpers() throws -> [String] {
    try repository.configuration().localStrings("dev-infra.remoteHelper").filter(RemoteURL.isHelperName)
  }

  /// The names of the registry's remotes, sorted.
  public func remotes() throws -> [String] { try repository.remoteNames().sorted() }

  /// Seconds that a remote may say nothing: the option, else `dev-infra.timeout`, else 10; nil for no limit.
  public func silenceLimit(_ option: Int?) throws -> Double? {
    let seconds = try option ?? repository.configuration().int("dev-infra.timeout") ?? 10
    guard seconds >= 0 else { throw RegistryStoreError.negativeTimeout(isSetting: option == nil) }
    return seconds == 0 ? nil : Double(seconds)
  }

  /// When a remote's state was last seen, in milliseconds since 1970; nil when never.
  public func lastSeen(_ branch: RemoteBranch) -> Int64? {
    guard let bytes = stamp(branch).read() else { return nil }
    return Int64(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
  }

  /// Remembers that a remote's state has just been seen. It is for people to read and derived, so failing is not an error.
  func markSeen(_ branch: RemoteBranch) {
    let file = stamp(branch)
    // One that another process is writing at this moment may go as well: it says the same.
    Files.removeUnfinished(in: file.folder, olderThan: 0)
    try? file.write(Array("\(Clock.nowMilliseconds)\n".utf8))
  }

  private func stamp(_ branch: RemoteBranch) -> CacheFile {
    CacheFile("remotes/\(branch.fileName)", of: directory, limit: 64)
  }
}
