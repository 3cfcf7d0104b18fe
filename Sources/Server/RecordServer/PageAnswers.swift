import ByteStrings
import HTTPServer
import HTTPTypes
import Hummingbird
import NIOCore
import RecordService
import WebPages

/// Answers that are pages.
enum PageAnswers {
  /// What a page may load and do: files of this server, forms that go back to it, and nothing that is written into a page.
  private static let policy =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    + "base-uri 'none'; frame-ancestors 'none'"

  /// Whether a request is a browser's for a page.
  static func wantsPage(_ request: Request) -> Bool {
    PagePaths.isPage(request.uri.path) && request.headers[.accept]?.contains("text/html") ?? false
  }

  /// A document.
  static func answer(
    _ document: [UInt8], status: HTTPResponse.Status = .ok, _ headers: HTTPFields = [:]
  ) -> Response {
    Response(
      status: status, headers: fields(headers), body: ResponseBody(byteBuffer: ByteBuffer(bytes: document)))
  }

  /// The fields that every page has, and these.
  static func fields(_ fields: HTTPFields) -> HTTPFields {
    var fields = fields
    fields[.contentType] = "text/html; charset=utf-8"
    fields[.contentSecurityPolicy] = policy
    // With no-referrer a browser would call the origin of our own forms null.
    fields[referrerPolicy] = "same-origin"
    return fields
  }

  /// A page.
  static func answer(
    _ page: Page, for viewer: Viewer?, to request: Request, status: HTTPResponse.Status = .ok,
    _ headers: HTTPFields = [:]
  ) -> Response {
    answer(page.document(for: viewer, at: request.uri.path), status: status, headers)
  }

  /// Sends a browser to another page.
  ///
  /// The address is relative, as those in pages are: a proxy may have put the server below a path that it does not know.
  static func redirect(to address: String, from request: Request, _ headers: HTTPFields = [:]) -> Response {
    var headers = headers
    headers[.location] = HTML.address(of: address, from: request.uri.path)
    return Response(status: .seeOther, headers: headers)
  }

  /// What a refusal at the door is to a browser.
  static func refusal(_ refusal: EdgeRefusal, _ request: Request) -> Response {
    guard wantsPage(request) else { return refusal.response }
    var headers = refusal.headers
    let page: Page
    switch refusal.status {
    case .unauthorized:
      headers[.vary] = "Cookie"
      // A browser keeps the cookie back where another site leads here. The page's own way to itself brings it.
      let isForeign = request.headers[.secFetchSite] == "cross-site" && request.method == .get
      page = isForeign ? .goingOn(to: request.uri.string) : .signIn(next: request.uri.string)
    case .forbidden:
      page = .problem("Not allowed", "\(refusal.text).", hint: "Sign in with a key that may change things.")
    default: page = .problem(refusal.status.reasonPhrase, "\(refusal.text).")
    }
    return answer(page, for: nil, to: request, status: refusal.status, headers)
  }

  /// What somebody sees who asks for a page that is not there.
  static let notFound = Page.problem(
    "Not found", "There is no such page.", hint: "What was there may have been removed from the registry.")

  private static let referrerPolicy = HTTPField.Name.ours("Referrer-Policy")
}
