public import ReceiveHook
public import Terminal

extension ReceiveHook.ProtocolError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    switch self {
    case .notAnUpdate: .fatal("git receive-pack asks for something that is not an update of a reference")
    case .unknownVersion: .fatal("this version of git speaks another protocol with its hooks")
    }
  }
}
