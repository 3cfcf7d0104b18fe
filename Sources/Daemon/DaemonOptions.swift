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
  /// The most bytes of a request's body.
  public var bodyLimit = 16 << 20

  /// Options that are all standard, but for the registry.
  public init(registry: FilePath) { self.registry = registry }
}
