import HTTPServer
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import RecordService
import ByteStrings
import WorkProd

/// Makes an answer of whatever goes wrong behind it: the contract's own, or, of a deployed server, its HTML.
struct ErrorAnswers: RouterMiddleware {
  typealias Context = DaemonContext

  let flavor: ServiceFlavor
  let delegate: any DaemonDelegate

  func handle(
    _ request: Request, context: DaemonContext, next: (Request, DaemonContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let refusal as Refusal {
      return Answer.error(refusal.status, refusal.message)
    } catch let refusal as EdgeRefusal {
      return refusal.response
    } catch let error as HTTPError {
      let response = answer(error, request)
      guard flavor == .full, response.status == .notFound, PageAnswers.wantsPage(request) else {
        return response
      }
      return PageAnswers.answer(PageAnswers.notFound, for: nil, to: request, status: .notFound)
    } catch let error as HTTPParserError {
      // The connection itself is not HTTP: the server below answers and closes it.
      throw error
    } catch let error as any HTTPResponseError {
      return page(error.status)
    } catch {
      let reason = Quoting.visible(delegate.words(for: error))
      context.logger.error("\(request.method) \(Quoting.visible(request.uri.path)) failed: \(reason)")
      guard flavor == .full, let trouble = ServerFault(error) else { return page(.internalServerError) }
      return Self.answer(trouble).response
    }
  }

  private func answer(_ error: HTTPError, _ request: Request) -> Response {
    guard error.status == .notFound else { return page(error.status, error.headers) }
    let methods = Route.methods(of: request.uri.path, flavor)
    guard !methods.isEmpty, !methods.contains(request.method) || request.method == .options else {
      return page(.notFound)
    }
    let allow = methods.map(\.rawValue).joined(separator: ", ")
    if request.method == .options { return Response(status: .ok, headers: [.allow: allow]) }
    return page(.methodNotAllowed, [.allow: allow])
  }

  /// The answer for a fault that a client can do nothing about: it says what kind of fault it is, and names no file.
  ///
  /// 507 and not 503 where a disk is full: clients repeat a request that was answered by 503, and that would not help. Where
  /// somebody has to mend it, the time to wait is longer than any client waits by itself.
  static func answer(_ trouble: ServerFault) -> EdgeRefusal {
    switch trouble {
    case .busy:
      EdgeRefusal(
        .serviceUnavailable, "Another command holds the registry; nothing has been changed",
        [.retryAfter: "5"])
    case .full:
      EdgeRefusal(
        .init(code: 507, reasonPhrase: "Insufficient Storage"),
        "The server has no room to keep this, and nothing has been changed; its log says more")
    case .exhausted:
      EdgeRefusal(
        .serviceUnavailable, "The server has too much open at once; nothing has been changed",
        [.retryAfter: "5"])
    case .gone: .registryGone
    case .unusable:
      EdgeRefusal(
        .serviceUnavailable, "The server's registry cannot be used as it is; its log says more",
        [.retryAfter: "60"])
    }
  }

  private func page(_ status: HTTPResponse.Status, _ headers: HTTPFields = [:]) -> Response {
    guard flavor == .plain else {
      return Answer.error(status.code, Self.texts[status.code] ?? status.reasonPhrase, headers)
    }
    let title = "\(status.code) \(status.reasonPhrase)"
    let text = "<!doctype html>\n<html lang=en>\n<title>\(title)</title>\n<h1>\(status.reasonPhrase)</h1>\n"
    var headers = headers
    headers[.contentType] = "text/html; charset=utf-8"
    return Response(
      status: status, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(string: text + "<p>The server could not do this.</p>\n")))
  }

  private static let texts = [
    400: "Invalid JSON", 404: "Not found", 405: "Method not allowed", 413: "Request body is too large",
    415: "Content-Type must be application/json", 500: "Internal server error",
  ]
}
