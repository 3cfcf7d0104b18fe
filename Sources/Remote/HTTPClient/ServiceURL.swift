import CCurl
import ByteStrings
import Registry

/// An http or https URL in its parts, as libcurl reads it: no other reading could disagree with where it connects to.
public struct ServiceURL: Sendable, Hashable {
  /// `http` or `https`.
  public let scheme: String
  /// The host as it is written in a URL: IPv6 addresses in brackets.
  public let host: String
  /// The port, also where it is the scheme's own.
  public let port: Int
  /// The path, which begins with a slash and ends in none; empty for the root.
  public let path: String
  /// The user name within, decoded; nil where there is none.
  public let user: String?
  private let query: String?

  /// Takes a URL to pieces.
  ///
  /// - Throws: ``HTTPFailure/notSent(_:)`` for what is not a URL of http or https, or has a password in it, which every list of
  ///   processes would show.
  public init(_ text: String) throws(HTTPFailure) {
    func refused(_ fault: HTTPFailure.URLFault) -> HTTPFailure {
      .notSent(.unusableURL(Quoting.visible(RemoteURL.withoutSecrets(text)), fault))
    }
    guard let parts = curl_url() else { throw refused(.noMemory) }
    defer { curl_url_cleanup(parts) }
    guard !text.utf8.contains(0),
      curl_url_set(parts, CURLUPART_URL, text, UInt32(CURLU_NON_SUPPORT_SCHEME)) == CURLUE_OK
    else { throw refused(.malformed) }
    func part(_ what: CURLUPart, _ flags: Int32 = 0) -> String? {
      var value: UnsafeMutablePointer<CChar>?
      guard curl_url_get(parts, what, &value, UInt32(flags)) == CURLUE_OK, let value else { return nil }
      defer { curl_free(value) }
      return String(cString: value)
    }
    guard let scheme = part(CURLUPART_SCHEME), scheme == "http" || scheme == "https" else {
      throw refused(.otherScheme)
    }
    guard let host = part(CURLUPART_HOST), !host.isEmpty,
      let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) })
    else { throw refused(.noHost) }
    guard part(CURLUPART_PASSWORD) == nil else { throw refused(.password) }
    self.scheme = scheme
    self.host = host.lowercased()
    self.port = port
    user = part(CURLUPART_USER, CURLU_URLDECODE)
    query = part(CURLUPART_QUERY)
    var path = part(CURLUPART_PATH) ?? ""
    while path.ends(with: "/") { path.removeLast() }
    self.path = path
  }

  /// Scheme, host and port: what a key belongs to.
  public var origin: String { "\(scheme)://\(authority)" }

  /// Host and port, the latter only where it is not the scheme's own.
  var authority: String { port == (scheme == "https" ? 443 : 80) ? host : "\(host):\(port)" }

  /// The whole without user and query, safe for a message.
  var visible: String { Quoting.visible(origin + path) }

  /// Whether it is this machine: nobody else sees what is sent there.
  var isLoopback: Bool {
    host == "localhost" || host.ends(with: ".localhost") || host == "[::1]" || isIPv4Loopback
  }

  private var isIPv4Loopback: Bool {
    let parts = host.split(at: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
