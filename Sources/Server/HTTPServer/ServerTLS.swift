import Terminal
public import HummingbirdCore
import HummingbirdTLS
import NIOCore
import NIOPosix
import NIOSSL
import SystemSupport
public import SystemPackage

/// TLS for a server: 1.2 and later, with the certificate and the key of files in PEM.
public enum ServerTLS {
  /// A builder of connections with TLS around them.
  ///
  /// - Parameters:
  ///   - certificate: the file with the server's certificate, and behind it those that vouch for it.
  ///   - key: the file with its private key, without a passphrase.
  /// - Throws: a `Failure` that says which file is wrong, and how.
  public static func around(
    _ base: HTTPServerBuilder, certificate: FilePath, key: FilePath
  ) throws -> HTTPServerBuilder {
    let renewal = CertificateRenewal(certificate: certificate, key: key)
    var configuration = try configuration(certificate: certificate, key: key)
    configuration.sslContextCallback = { _, promise in
      // Not on the connection's own thread: what the library finds wrong there would count as its failure.
      NIOThreadPool.singleton.runIfActive(eventLoop: promise.futureResult.eventLoop) { renewal.current() }
        .cascade(to: promise)
    }
    return try HTTPServerBuilder.tls(base, tlsConfiguration: configuration)
  }

  /// What the files have, checked.
  static func configuration(certificate: FilePath, key: FilePath) throws -> TLSConfiguration {
    let chain: [NIOSSLCertificate]
    do {
      chain = try NIOSSLCertificate.fromPEMBytes(Files.read(certificate, limit: 1 << 20))
    } catch let error as SystemError {
      throw error
    } catch {
      throw Failure.fatal(
        "reading \(certificate.visible) failed: it is no certificate in PEM",
        hints: "--tls-certificate takes the file that a CA calls fullchain.pem")
    }
    guard !chain.isEmpty else { throw Failure.fatal("there is no certificate in \(certificate.visible)") }
    let privateKey: NIOSSLPrivateKey
    do {
      privateKey = try NIOSSLPrivateKey(bytes: Files.read(key, limit: 1 << 20), format: .pem)
    } catch let error as SystemError {
      throw error
    } catch {
      throw Failure.fatal(
        "reading \(key.visible) failed: it is no private key in PEM, or it has a passphrase",
        hints: "--tls-key takes the file that a CA calls privkey.pem; 'openssl pkey' takes a passphrase away")
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
      throw Failure.fatal(
        "the key in \(key.visible) does not belong to the certificate in \(certificate.visible)",
        hints: "take the two files that were made together")
    }
  }

  /// Refuses a key that others may read: as ssh(1) does, but for one of root's that a group may read, which is how systems
  /// give keys to their servers.
  private static func checkIsSecret(_ key: FilePath) throws {
    let (permissions, user) = (try FilePermissions(of: key), FilePermissions.ownUser)
    let isRoots = permissions.owner == 0 && user != 0
    guard permissions.owner == user || isRoots else {
      throw Failure.fatal(
        "the key in \(key.visible) cannot be trusted: it belongs to another user",
        hints: "run 'chown \(user) \(key.visible)', or start the daemon as the user that it belongs to")
    }
    guard permissions.mode & (isRoots ? 0o037 : 0o077) == 0 else {
      let mode = String(permissions.mode, radix: 8)
      throw Failure.fatal(
        "the key in \(key.visible) is not secret: others may use that file (its mode is 0\(mode))",
        hints: "run 'chmod 600 \(key.visible)'; if it was open to others for long, take a new key")
    }
  }
}
