public import SystemPackage

/// Why a server cannot be given TLS with these files.
public enum TLSError: Error, Equatable, Sendable {
  /// The file is not a certificate in PEM.
  case notACertificate(FilePath)
  /// The file has no certificate.
  case noCertificate(FilePath)
  /// The file is not a private key in PEM, or the key has a passphrase.
  case notAKey(FilePath)
  /// The key does not belong to the certificate.
  case mismatch(key: FilePath, certificate: FilePath)
  /// The key's file belongs to somebody other than this user.
  case foreignKey(FilePath, user: UInt32)
  /// Others may read the key's file, which has this mode.
  case openKey(FilePath, mode: UInt32)
}
