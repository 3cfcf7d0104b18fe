import Git
import SystemSupport

extension RegistryStore {
  /// Asks a remote for its main, and brings and changes nothing. Nobody is asked for a password.
  ///
  /// - Parameter timeout: seconds that the remote may say nothing; nil for the configured ones. In all it takes three times as
  ///   long at most.
  /// - Throws: ``RegistryStoreError/transport(_:)`` and ``GitError`` where the remote does not answer.
  public func reach(_ branch: RemoteBranch, timeout: Int?) throws {
    let silence = try silenceLimit(timeout) ?? 10
    let transport = GitTransport(
      action: .fetch, remote: branch.remote, url: try remoteURL(of: branch.remote) ?? "",
      silenceLimit: silence, relay: nil, delegate: delegate, timeLimit: 3 * silence,
      asksNobody: true)
    let result = try transport.run(
      ["ls-remote", "--quiet", "--", branch.remote, "refs/heads/main"], in: self)
    guard result.succeeded else { throw transport.failure(result.errors) }
  }
}
