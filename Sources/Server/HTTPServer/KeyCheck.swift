import HTTPTypes
public import Hummingbird
public import Logging
public import NIOCore
public import APIKeys

/// Who sends a request.
public struct Bearer: Sendable {
  /// What the key is called; empty where none was needed.
  public var name: String
  /// What it lets them do.
  public var access: KeyAccess
  /// The session of a browser that has signed in.
  public var session: String?

  /// Somebody by these facts.
  public init(name: String, access: KeyAccess, session: String? = nil) {
    self.name = name
    self.access = access
    self.session = session
  }
}

/// Lets in who has a key, or anyone where the server has none.
public struct KeyCheck: Sendable {
  private let keys: KeyRing
  private let counter: WrongKeyCounter
  /// Browsers that have signed in.
  public let sessions: Sessions
  private let words: @Sendable (any Error) -> String

  /// A check by these keys.
  ///
  /// - Parameters:
  ///   - sessions: the browsers that have signed in.
  ///   - words: what an error is in words, for the log.
  public init(
    _ keys: KeyRing, _ limits: ConnectionLimits, sessions: Sessions,
    words: @escaping @Sendable (any Error) -> String
  ) {
    self.sessions = sessions
    self.words = words
    self.keys = keys
    counter = WrongKeyCounter(allowed: limits.wrongKeys)
  }

  /// Whether clients need a key.
  public var isLocked: Bool { keys.isLocked }

  /// What a request may do.
  ///
  /// - Returns: the bearer's name and access; without keys, anything, by nobody.
  func admit(
    _ request: Request, from address: SocketAddress?, _ logger: Logger
  ) throws(EdgeRefusal) -> Bearer {
    let (isLocked, isPage) = (keys.isLocked, PagePaths.isPage(request.uri.path))
    if isLocked, !(isPage && PagePaths.isOpen(request.uri.path)) {
      switch Credentials(request.head) {
      case .none: break
      case .malformed: throw wrong(request, address, logger)
      case .keys(let given):
        let entry = try lookUp(given, request, address, logger)
        return try bearer(entry, nil, isPage: isPage, changes: Self.changes(request))
      }
    }
    return try admitWithoutKey(request, isLocked: isLocked)
  }

  /// As ``admit(_:from:_:)``, for a request that brings no key, or need not; nil where it brings one that counts.
  func admitWithoutKey(_ request: Request) throws(EdgeRefusal) -> Bearer? {
    let isLocked = keys.isLocked
    if isLocked {
      guard case .none = Credentials(request.head) else { return nil }
    }
    return try admitWithoutKey(request, isLocked: isLocked)
  }

  private func admitWithoutKey(_ request: Request, isLocked: Bool) throws(EdgeRefusal) -> Bearer {
    guard isLocked else { return Bearer(name: "", access: .readWrite, session: nil) }
    let path = request.uri.path
    let isPage = PagePaths.isPage(path)
    let session = isPage ? sessions.session(of: request) : nil
    if isPage, PagePaths.isOpen(path) {
      return Bearer(name: "", access: .readOnly, session: session)
    }
    guard let session, let entry = sessions.entry(of: session), keys.holds(entry) else {
      throw challenge(request, "A key is needed")
    }
    // Signing out changes nothing of the registry.
    let changes = Self.changes(request) && path != "/sign-out"
    return try bearer(entry, session, isPage: true, changes: changes)
  }

  private func bearer(
    _ entry: KeyEntry, _ session: String?, isPage: Bool, changes: Bool
  ) throws(EdgeRefusal) -> Bearer {
    // Records have paths, and so has what git gives.
    guard entry.access != .withoutPaths || isPage else {
      throw EdgeRefusal(.forbidden, "This key opens the pages alone")
    }
    guard entry.access == .readWrite || !changes else {
      throw EdgeRefusal(.forbidden, "This key is read-only")
    }
    return Bearer(name: entry.name, access: entry.access, session: session)
  }

  /// The key that somebody signs in with.
  public func signIn(
    _ key: String, _ request: Request, from address: SocketAddress?, _ logger: Logger
  ) throws(EdgeRefusal) -> KeyEntry {
    try lookUp([Array(key.utf8)], request, address, logger)
  }

  private func lookUp(
    _ given: [[UInt8]], _ request: Request, _ address: SocketAddress?, _ logger: Logger
  ) throws(EdgeRefusal) -> KeyEntry {
    switch keys.lookUp(given) {
    case .opens(let entry): return entry
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
    return challenge(request, "This is not one of the server's keys")
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
