public import RecordService
public import SystemSupport

/// Whom the server tells of what it does and comes upon.
public protocol DaemonDelegate: RecordServiceDelegate {
  /// It listens; the address that clients ask.
  func isListening(at address: String)
  /// It listens, and this link opens its pages once.
  func isReady(with link: String)
  /// A line of its log.
  func log(_ line: String)
  /// The certificate was renewed, and the new one cannot be used; the former goes on to be served.
  func keepsCertificate(because error: any Error)
  /// What an error is in words, for the log.
  func words(for error: any Error) -> String
}

/// Why the server does not start, or does not go on.
public enum DaemonError: Error, Equatable, Sendable {
  /// Other hosts could reach it, and there is no key.
  case needsKey(ListenAddress)
  /// It cannot listen there, for this reason.
  case cannotListen(ListenAddress, SystemError)
  /// The name of where it is to listen is unknown.
  case unknownHost(ListenAddress)
}

/// Why a text is not an address to listen on.
public enum ListenAddressError: Error, Equatable, Sendable {
  /// It is not of the form `ADDRESS:PORT`.
  case malformed(String)
  /// What stands for the address has a colon and no brackets, or cannot be one.
  case malformedHost(String)
}
