public import APIKeys
import ByteStrings
import HTTPTypes
public import Hummingbird
import Synchronization
import SystemSupport

/// Browsers that have signed in: each has a cookie, and behind it stands the key by which it came.
///
/// They live in the process: when it ends, all have to sign in again. A key that is revoked ends its sessions, since it is looked
/// up with every request.
public final class Sessions: Sendable {
  private struct Session {
    let entry: KeyEntry
    let end: Double
  }

  private struct State {
    /// By the digest of the cookie, so that comparing takes as long for any.
    var sessions: [String: Session] = [:]
    var link: (digest: KeyDigest, entry: KeyEntry, end: Double)?
  }

  /// Sessions that there may be; the oldest one ends for another.
  private static let limit = 1000

  private let limits: ConnectionLimits
  private let isSecure: Bool
  private let secret = Host.randomHex(32)
  private let state = Mutex(State())

  /// - Parameters:
  ///   - limits: how long sessions and the link of a run are good for.
  ///   - isSecure: whether the server is reached by TLS, so that cookies go nowhere else.
  public init(_ limits: ConnectionLimits, isSecure: Bool) {
    self.limits = limits
    self.isSecure = isSecure
  }

  // MARK: Cookies

  /// Cookies know no ports: each server of a computer has a name of its own for them.
  private func cookieName(_ request: Request) -> String {
    let host = request.head.authority ?? ""
    let port = host.lastIndex(at: ":").map { host[host.index(after: $0)...] } ?? ""
    let digits = port.utf8.allSatisfy { (0x30...0x39).contains($0) } ? port : ""
    return (isSecure ? "__Host-" : "") + "dev-infra" + (digits.isEmpty ? "" : "-\(digits)")
  }

  /// The session whose cookie a request brings; nil without one.
  public func session(of request: Request) -> String? {
    let name = cookieName(request)
    for field in request.headers[values: .cookie] {
      for part in field.split(at: ";") {
        let pair = part.drop { $0 == " " }.split(at: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if pair.count == 2, pair[0] == name[...] { return String(pair[1]) }
      }
    }
    return nil
  }

  /// The field that gives a browser its cookie.
  public func cookie(_ session: String, for request: Request) -> String {
    "\(cookieName(request))=\(session); Path=/; Max-Age=\(Int(limits.sessionTime)); HttpOnly; SameSite=Strict"
      + (isSecure ? "; Secure" : "")
  }

  /// The field that takes it away.
  public func noCookie(for request: Request) -> String {
    "\(cookieName(request))=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
  }

  // MARK: Sessions

  /// Begins a session.
  ///
  /// - Returns: what its cookie says.
  public func begin(_ entry: KeyEntry) -> String {
    let session = Host.randomHex(32)
    let now = Clock.monotonicSeconds
    state.withLock { state in
      state.sessions = state.sessions.filter { $0.value.end > now }
      if state.sessions.count >= Self.limit,
        let oldest = state.sessions.min(by: { $0.value.end < $1.value.end })
      {
        state.sessions[oldest.key] = nil
      }
      state.sessions[KeyDigest(of: session.utf8).hex] = Session(
        entry: entry, end: now + limits.sessionTime)
    }
    return session
  }

  /// The key behind a session; nil where it has ended, or never was.
  public func entry(of session: String) -> KeyEntry? {
    let name = KeyDigest(of: session.utf8).hex
    return state.withLock { state in
      guard let found = state.sessions[name], found.end > Clock.monotonicSeconds else { return nil }
      return found.entry
    }
  }

  /// Ends a session.
  public func end(_ session: String) {
    let name = KeyDigest(of: session.utf8).hex
    state.withLock { $0.sessions[name] = nil }
  }

  // MARK: Forms

  /// What a form of a session gives back, so that no page of anyone else's can send one.
  public func token(of session: String?) -> String { KeyDigest(of: "\(secret) \(session ?? "")".utf8).hex }

  /// Whether a form's token is that of its session.
  public func isToken(_ text: String, of session: String?) -> Bool {
    KeyDigest(of: text.utf8).matches(KeyDigest(of: token(of: session).utf8))
  }

  // MARK: The link of a run

  /// Makes the one link by which a browser gets in without a key.
  ///
  /// - Returns: the last part of its path.
  public func makeLink(for entry: KeyEntry) -> String {
    let text = "di_" + Host.randomHex(32)
    let link = (digest: KeyDigest(of: text.utf8), entry: entry, end: Clock.monotonicSeconds + limits.linkTime)
    state.withLock { $0.link = link }
    return text
  }

  /// The key of a link, which is used up by that; nil for any other text, and where it has been used before.
  public func takeLink(_ text: String) -> KeyEntry? {
    let digest = KeyDigest(of: text.utf8)
    return state.withLock { state in
      guard let link = state.link, link.digest.matches(digest), link.end > Clock.monotonicSeconds else {
        return nil
      }
      state.link = nil
      return link.entry
    }
  }
}

/// Which addresses of a server are pages for people.
public enum PagePaths {
  /// What anyone may see who can reach the server: signing in, and what the pages look like.
  static func isOpen(_ path: String) -> Bool {
    path == "/sign-in" || path.begins(with: "/open/") || path.begins(with: "/web/")
  }

  /// Whether an address is a page, and not of the interface or of git.
  public static func isPage(_ path: String) -> Bool {
    !path.begins(with: "/api/") && path != "/api" && !GitService.isAt(path)
  }
}
