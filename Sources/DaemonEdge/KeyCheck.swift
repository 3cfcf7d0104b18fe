import Console
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
public import ServerKeys

/// Lets in who has a key, or anyone where the server has none.
public struct KeyCheck: Sendable {
  private let keys: KeyRing
  private let counter: WrongKeyCounter

  /// A check by these keys.
  public init(_ keys: KeyRing, _ limits: ConnectionLimits) {
    self.keys = keys
    counter = WrongKeyCounter(allowed: limits.wrongKeys)
  }

  /// What a request may do.
  ///
  /// - Returns: the bearer's name and access; without keys, anything, by nobody.
  func admit(
    _ request: Request, from address: SocketAddress?, _ logger: Logger
  ) throws(EdgeRefusal) -> (name: String, access: KeyAccess) {
    guard keys.isLocked else { return ("", .readWrite) }
    let key: [UInt8]
    switch Credentials(request.head) {
    case .none: throw challenge(request, "A key is needed")
    case .malformed: throw wrong(request, address, logger)
    case .key(let bytes): key = bytes
    }
    switch keys.lookUp(key) {
    case .opens(let entry):
      guard entry.access == .readWrite || !Self.changes(request) else {
        throw EdgeRefusal(.forbidden, "This key is read-only")
      }
      return (entry.name, entry.access)
    case .unknown: throw wrong(request, address, logger)
    case .unreadable(let failure):
      logger.error("\(failure.message)")
      throw EdgeRefusal(
        .serviceUnavailable, "The keys cannot be read; the server's log says why", [.retryAfter: "60"])
    }
  }

  /// Whether a request is for changing something.
  static func changes(_ request: Request) -> Bool {
    if request.uri.path.hasPrefix(GitService.root) { return GitService(of: request) == .receivePack }
    return ![.get, .head, .options].contains(request.method)
  }

  private func wrong(_ request: Request, _ address: SocketAddress?, _ logger: Logger) -> EdgeRefusal {
    if let seconds = counter.count(address) {
      return EdgeRefusal(.tooManyRequests, "Too many wrong keys", [.retryAfter: String(seconds)])
    }
    logger.warning("a wrong key came from \(address?.ipAddress ?? "an unknown address")")
    return challenge(request, "This is none of the server's keys")
  }

  private func challenge(_ request: Request, _ text: String) -> EdgeRefusal {
    var headers: HTTPFields = [:]
    headers.append(HTTPField(name: .wwwAuthenticate, value: "Bearer realm=\"dev-infra\""))
    // git, and no browser, is asked for a password.
    if request.uri.path.hasPrefix(GitService.root) {
      headers.append(HTTPField(name: .wwwAuthenticate, value: "Basic realm=\"dev-infra\", charset=\"UTF-8\""))
    }
    return EdgeRefusal(.unauthorized, text, headers)
  }
}
