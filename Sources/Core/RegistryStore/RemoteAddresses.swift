import ByteStrings
import Git
import Registry
import Synchronization
import SystemPackage
import SystemSupport

/// What the URLs of this machine's repositories stand for, so that a registry has them as any machine can use them.
///
/// A URL may have a name that only this machine knows: of `Host` in ssh's configuration, or one for which the registry's
/// own has `dev-infra.<base>.insteadOf`. `dev-infra.sshConfig` names another file for ssh's, or `none`.
public final class RemoteAddresses: Sendable {
  private let rewrites: URLRewrites
  private let file: String?
  private let ssh = Mutex<SSHConfiguration?>(nil)

  /// As it stands in the registry's configuration.
  public init(_ store: borrowing RegistryStore) throws {
    let configuration = try store.repository.configuration()
    rewrites = try configuration.rewrites(in: "dev-infra")
    file = try configuration.string("dev-infra.sshConfig")
  }

  /// The URL that any machine knows; `url` itself where that is the same place.
  func resolved(_ url: RemoteURL) -> RemoteURL {
    let found = rewritten(realHost(rewritten(url)))
    return found.normalized.hasSameBytes(as: url.normalized) ? url : found
  }

  private func rewritten(_ url: RemoteURL) -> RemoteURL {
    guard !rewrites.isEmpty else { return url }
    return (try? RemoteURL(rewrites.rewritten(url.stored))) ?? url
  }

  private func realHost(_ url: RemoteURL) -> RemoteURL {
    guard file != "none", let name = url.sshHost else { return url }
    let host = configuration.host(name)
    guard let real = host.name, real.lowercased() != name.lowercased() else { return url }
    return url.atSSHHost(real, port: host.port, user: host.user) ?? url
  }

  /// Read when the first URL of ssh is met.
  private var configuration: SSHConfiguration {
    ssh.withLock { known in
      if let known { return known }
      let read = SSHConfiguration(file: file.flatMap { $0.isEmpty ? nil : FilePath(text: $0) })
      known = read
      return read
    }
  }
}
