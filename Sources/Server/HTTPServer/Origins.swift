import HTTPTypes
import Hummingbird

/// The origins whose web pages may use a server; see <https://fetch.spec.whatwg.org/#http-cors-protocol>.
public struct Origins: Sendable {
  private let allowed: Set<String>

  /// These, each as a browser writes it: scheme, host and port, without a slash behind.
  public init(_ allowed: [String]) { self.allowed = Set(allowed.map { $0.lowercased() }) }

  /// Whether `text` is an origin as a browser writes it.
  public static func isOrigin(_ text: String) -> Bool {
    guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return false }
    let host = text.dropFirst(scheme.count)
    return !host.isEmpty
      && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/?#@\\\"'<>*,".utf8.contains($0) }
  }

  /// Whether a request comes from no web page, from one of these or from the server's own, or asks for no change:
  /// browsers keep what they read from pages of other origins.
  func allow(_ request: Request) -> Bool {
    guard KeyCheck.changes(request) else { return true }
    guard let origin = request.headers[.origin] else {
      return request.headers[.secFetchSite] != "cross-site"
    }
    if allowed.contains(origin.lowercased()) { return true }
    guard let scheme = origin.firstRange(of: "://") else { return false }
    return origin[scheme.upperBound...].lowercased() == request.head.authority?.lowercased()
  }

  /// The answer to a browser that asks whether a page may send a request; nil where none asks, or the page may not.
  func preflight(_ request: Request) -> Response? {
    guard request.method == .options, request.headers[.accessControlRequestMethod] != nil,
      let origin = request.headers[.origin], allowed.contains(origin.lowercased())
    else { return nil }
    var response = Response(status: .noContent)
    mark(&response.headers, request)
    response.headers[.accessControlAllowMethods] = "GET, HEAD, POST, PATCH, PUT, DELETE"
    response.headers[.accessControlAllowHeaders] = "Authorization, Content-Type, If-Match, If-None-Match"
    response.headers[.accessControlMaxAge] = "600"
    return response
  }

  /// Lets the page that asked, where it is one of these, read the answer.
  func mark(_ fields: inout HTTPFields, _ request: Request) {
    guard !allowed.isEmpty else { return }
    fields[.vary] = fields[.vary].map { "\($0), Origin" } ?? "Origin"
    guard let origin = request.headers[.origin], allowed.contains(origin.lowercased()) else { return }
    fields[.accessControlAllowOrigin] = origin
    fields[.accessControlExposeHeaders] = "ETag, Location, Retry-After"
  }
}
