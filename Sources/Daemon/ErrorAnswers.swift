import Console
import DaemonEdge
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import RecordService
import Records

/// Makes an answer of whatever goes wrong behind it: the contract's own, or, of a deployed server, its HTML.
struct ErrorAnswers: RouterMiddleware {
  typealias Context = DaemonContext

  let dialect: Dialect

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
      return answer(error, request)
    } catch let error as HTTPParserError {
      // The connection itself is no HTTP: the server below answers and closes it.
      throw error
    } catch let error as any HTTPResponseError {
      return page(error.status)
    } catch {
      let reason = Quoting.visible(Failure(error).message)
      context.logger.error("\(request.method) \(Quoting.visible(request.uri.path)) failed: \(reason)")
      return page(.internalServerError)
    }
  }

  private func answer(_ error: HTTPError, _ request: Request) -> Response {
    guard error.status == .notFound else { return page(error.status, error.headers) }
    let methods = Route.methods(of: request.uri.path)
    guard !methods.isEmpty, !methods.contains(request.method) || request.method == .options else {
      return page(.notFound)
    }
    let allow = methods.map(\.rawValue).joined(separator: ", ")
    if request.method == .options { return Response(status: .ok, headers: [.allow: allow]) }
    return page(.methodNotAllowed, [.allow: allow])
  }

  private func page(_ status: HTTPResponse.Status, _ headers: HTTPFields = [:]) -> Response {
    guard dialect == .plain else {
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
