import HTTPTypes
import Hummingbird
import Logging
import NIOCore
public import APIKeys

/// Lets in who has a key, or anyone where the server has none.
public struct KeyCheck: Sendable {
  private let keys: KeyRing
  private let counter: WrongKeyCounter
  private let words: @Sendable (any Error) -> String

  /// A check by these keys.
  ///
  /// - Parameter words: what an error is in words, for the log.
  public init(
    _ keys: KeyRing, _ limits: ConnectionLimits, words: @escaping @Sendable (any Error) -> String
  ) {
    self.words = words
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
    let given: [[UInt8]]
    switch Credentials(request.head) {
    case .none: throw challenge(request, "A key is needed")
    case .malformed: throw wrong(request, address, logger)
    case .keys(let keys): given = keys
    }
    switch keys.lookUp(given) {
    case .opens(let entry):
      guard entry.access == .readWrite || !Self.changes(request) else {
        throw EdgeRefusal(.forbidden, "This key is read-only")
      }
      return (entry.name, entry.access)
    case .unknown: throw wrong(request, address, logger)
    case .unreadable(let error):
      logger.error("\(words(error))")
      throw EdgeRefusal(
        .serviceUnavailable, "The keys cannot be read; the server's log says why", [.retryAfter: "60"])
    }
  }

  /// Whether a request is for changing something. What is not known to only read changes.
  static func changes(_ request: Request) -> Bool {
    if GitService(of: request) == .receivePack { return true }
    if request.method == .post {
      return request.uri.path != "\(GitService.root)/\(GitService.uploadPack.rawValue)"
    }
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
    if GitService.isAt(request.uri.path) {
      headers.append(HTTPField(name: .wwwAuthenticate, value: "Basic realm=\"dev-infra\", charset=\"UTF-8\""))
    }
    return EdgeRefusal(.unauthorized, text, headers)
  }
}
