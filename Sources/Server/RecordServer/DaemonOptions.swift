public import HTTPServer
import Logging
public import SystemPackage

/// How much the server says on stderr.
public enum LogLevel: String, CaseIterable, Sendable {
  /// Only what failed.
  case error
  /// Also what is worth a look.
  case warning
  /// Also a line for each request.
  case info
  /// Also what only its makers want to know.
  case debug

  var level: Logger.Level {
    switch self {
    case .error: .error
    case .warning: .warning
    case .info: .info
    case .debug: .debug
    }
  }
}

/// All that a server is told when it starts.
public struct DaemonOptions: Sendable {
  /// Where it listens.
  public var listen = ListenAddress.standard
  /// The registry that it serves; made where it is missing.
  public var registry: FilePath
  /// How much it says.
  public var logLevel = LogLevel.info
  /// Whether it behaves as the deployed service does, on records of its own: for tests.
  public var isPlain = false
  /// The files with the certificate and the private key, for TLS.
  public var tls: (certificate: FilePath, key: FilePath)?
  /// Names that it may be asked by, beside those of loopback and the address.
  public var hosts: [String] = []
  /// Origins whose web pages may use it.
  public var origins: [String] = []
  /// Where the hooks lie for what is pushed to it by git.
  public var hooks: FilePath?
  /// The file that describes the interface.
  public var description: FilePath?
  /// The directory with the files of the pages for people; without it there are no pages.
  public var pages: FilePath?
  /// Whether it is for one person, who gets in by a link that is told when it listens, and needs no key that is kept.
  public var isPersonal = false
  /// What a client may take of it.
  public var limits = ConnectionLimits()

  /// Options that are all standard, but for the registry.
  public init(registry: FilePath) { self.registry = registry }
}
