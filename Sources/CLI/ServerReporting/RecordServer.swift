import ByteStrings
public import RecordServer
import SystemSupport
public import Terminal

extension DaemonError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    switch self {
    case .needsKey(let address):
      .fatal(
        "listening on \(address) is refused: other hosts could reach it, and there is no key",
        hints: "'dev-infra daemon key add NAME' makes a key; without one, listen on 127.0.0.1")
    case .cannotListen(let address, let error):
      .fatal(
        "listening on \(address) failed: \(error.reason)",
        hints: "--listen names another address or port")
    case .unknownHost(let address):
      .fatal(
        "listening on \(address) failed: there is no host of that name",
        hints: "--listen takes an address of this computer")
    }
  }
}

extension ListenAddressError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    switch self {
    case .malformed(let text): .usage("'\(Quoting.visible(text))' is not of the form ADDRESS:PORT")
    case .malformedHost(let text):
      .usage("'\(Quoting.visible(text))' is not of the form ADDRESS:PORT; an IPv6 address stands in brackets")
    }
  }
}
