import HTTPTypes
import Hummingbird

/// Takes the body from every answer to HEAD, refusals included: a client expects none, and would take it for the
/// beginning of the next answer.
struct HeadAnswers: RouterMiddleware {
  typealias Context = DaemonContext

  func handle(
    _ request: Request, context: DaemonContext, next: (Request, DaemonContext) async throws -> Response
  ) async throws -> Response {
    let response = try await next(request, context)
    return request.method == .head ? Answer.withoutBody(response) : response
  }
}
