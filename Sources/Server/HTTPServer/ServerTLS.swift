public import HummingbirdCore
import HummingbirdTLS
import NIOCore
import NIOPosix
import NIOSSL
import SystemSupport
public import SystemPackage

/// TLS for a server: 1.2 and later, with the certificate and the key of files in PEM.
public enum ServerTLS {
  /// What puts TLS around the connections of a builder.
  ///
  /// - Parameters:
  ///   - certificate: the file with the server's certificate, and behind it those that vouch for it.
  ///   - key: the file with its private key, without a passphrase.
  ///   - keepsFormer: told why files that have changed since are not used.
  /// - Throws: ``TLSError``, which says which file is wrong, and how.
  public static func layer(
    certificate: FilePath, key: FilePath, keepsFormer: @escaping @Sendable (any Error) -> Void
  ) throws -> @Sendable (HTTPServerBuilder) throws -> HTTPServerBuilder {
    let renewal = CertificateRenewal(certificate: certificate, key: key, keepsFormer: keepsFormer)
    var configuration = try configuration(certificate: certificate, key: key)
    configuration.sslContextCallback = { _, promise in
      // Not on the connection's own thread: what the library finds wrong there would count as its failure.
      NIOThreadPool.singleton.runIfActive(eventLoop: promise.futureResult.eventLoop) { renewal.current() }
        .cascade(to: promise)
    }
    return { [configuration] in try HTTPServerBuilder.tls($0, tlsConfiguration: configuration) }
  }

  /// What the files have, checked.
  static func configuration(certificate: FilePath, key: FilePath) throws -> TLSConfiguration {
    let chain: [NIOSSLCertificate]
    do {
      chain = try NIOSSLCertificate.fromPEMBytes(Files.read(certificate, limit: 1 << 20))
    } catch let error as SystemError {
      throw error
    } catch {
      throw TLSError.notACertificate(certificate)
    }
    guard !chain.isEmpty else { throw TLSError.noCertificate(certificate) }
    let privateKey: NIOSSLPrivateKey
    do {
      privateKey = try NIOSSLPrivateKey(bytes: Files.read(key, limit: 1 << 20), format: .pem)
    } catch let error as SystemError {
      throw error
    } catch {
      throw TLSError.notAKey(key)
    }
    try checkIsSecret(key)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    do {
      // A server would find out only when it starts, in words that name no file.
      _ = try NIOSSLContext(configuration: configuration)
      return configuration
    } catch {
      throw TLSError.mismatch(key: key, certificate: certificate)
    }
  }

  /// Refuses a key that others may read: as ssh(1) does, except one that root owns and a group may read, which is how
  /// systems give keys to their servers.
  private static func checkIsSecret(_ key: FilePath) throws {
    let (permissions, user) = (try FilePermissions(of: key), FilePermissions.ownUser)
    let isRoots = permissions.owner == 0 && user != 0
    guard permissions.owner == user || isRoots else {
      throw TLSError.foreignKey(key, user: user)
    }
    guard permissions.mode & (isRoots ? 0o037 : 0o077) == 0 else {
      throw TLSError.openKey(key, mode: permissions.mode)
    }
  }
}
