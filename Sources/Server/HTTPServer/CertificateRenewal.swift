import NIOSSL
import SystemSupport
import Synchronization
import SystemPackage

/// A certificate and its key, those that are in their files now: the server notices a renewal by itself.
final class CertificateRenewal: Sendable {
  private let files: (certificate: FilePath, key: FilePath)
  private let state: Mutex<State>
  private let keepsFormer: @Sendable (any Error) -> Void

  private struct State {
    /// What was there when the files were last read.
    var look: [FileVersion]
    /// What takes the place of what was there at the start.
    var current = NIOSSLContextConfigurationOverride.noChanges
  }

  /// - Parameters:
  ///   - certificate: the file with the certificate.
  ///   - key: the file with its private key.
  ///   - keepsFormer: told why files that have changed are not used.
  init(certificate: FilePath, key: FilePath, keepsFormer: @escaping @Sendable (any Error) -> Void) {
    self.keepsFormer = keepsFormer
    files = (certificate, key)
    state = Mutex(State(look: Self.look(certificate, key)))
  }

  /// What a connection that begins now is served with.
  ///
  /// Files that do not go together, as while they are being replaced, change nothing.
  func current() -> NIOSSLContextConfigurationOverride {
    let look = Self.look(files.certificate, files.key)
    return state.withLock { state in
      guard look != state.look else { return state.current }
      state.look = look
      do {
        let renewed = try ServerTLS.configuration(certificate: files.certificate, key: files.key)
        state.current.certificateChain = renewed.certificateChain
        state.current.privateKey = renewed.privateKey
      } catch {
        keepsFormer(error)
      }
      return state.current
    }
  }

  private static func look(_ certificate: FilePath, _ key: FilePath) -> [FileVersion] {
    [FileVersion(of: certificate), FileVersion(of: key)]
  }
}
