public import HTTPServer
import SystemSupport
public import Terminal

extension TLSError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    switch self {
    case .notACertificate(let file):
      .fatal(
        "reading \(file.visible) failed: it is not a certificate in PEM",
        hints: "--tls-certificate takes the file that a CA calls fullchain.pem")
    case .noCertificate(let file): .fatal("there is no certificate in \(file.visible)")
    case .notAKey(let file):
      .fatal(
        "reading \(file.visible) failed: it is not a private key in PEM, or it has a passphrase",
        hints: "--tls-key takes the file that a CA calls privkey.pem; 'openssl pkey' takes a passphrase away")
    case .mismatch(let key, let certificate):
      .fatal(
        "the key in \(key.visible) does not belong to the certificate in \(certificate.visible)",
        hints: "take the two files that were made together")
    case .foreignKey(let key, let user):
      .fatal(
        "the key in \(key.visible) cannot be trusted: it belongs to another user",
        hints: "run 'chown \(user) \(key.visible)', or start the daemon as the user that it belongs to")
    case .openKey(let key, let mode):
      .fatal(
        "the key in \(key.visible) is not secret: others may use that file (its mode is 0\(String(mode, radix: 8)))",
        hints: "run 'chmod 600 \(key.visible)'; if it was open to others for long, take a new key")
    }
  }
}
