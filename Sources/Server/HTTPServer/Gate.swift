public import HTTPTypes
public import Hummingbird
public import NIOCore

/// A context that knows who asks, and by which key.
public protocol EdgeContext: RemoteAddressRequestContext {
  /// Who sends the request, as ``Gate`` found them.
  var bearer: Bearer { get set }
  /// The connection that the request came by.
  var channel: any Channel { get }
}

/// The first middleware: whom the request is meant for, where it comes from, and by which key.
public struct Gate<Context: EdgeContext>: RouterMiddleware {
  private let hosts: HostNames?
  private let origins: Origins
  private let keys: KeyCheck
  private let shown: @Sendable (EdgeRefusal, Request) -> Response

  /// - Parameters:
  ///   - hosts: the names that the server answers to; nil: any.
  ///   - origins: the origins whose web pages may use it.
  ///   - shown: the answer that a refusal becomes.
  public init(
    hosts: HostNames?, origins: Origins, keys: KeyCheck,
    shown: @escaping @Sendable (EdgeRefusal, Request) -> Response
  ) {
    self.shown = shown
    self.hosts = hosts
    self.origins = origins
    self.keys = keys
  }

  /// Answers in the place of the routes where something is wrong.
  public func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response: Response
    var context = context
    do throws(EdgeRefusal) {
      try check(request)
      if let preflight = origins.preflight(request) { return preflight }
      // A health check need not have a key.
      if request.uri.path != "/api/health" {
        context.bearer = try keys.admit(request, from: context.remoteAddress, context.logger)
      }
    } catch {
      response = shown(error, request)
      origins.mark(&response.headers, request)
      return response
    }
    response = try await next(request, context)
    origins.mark(&response.headers, request)
    return response
  }

  /// Who sends a request that is let in without a key; nil for one that brings a key, or is refused.
  public func visitor(_ request: Request) -> Bearer? {
    do throws(EdgeRefusal) {
      try check(request)
      return try keys.admitWithoutKey(request)
    } catch {
      return nil
    }
  }

  /// Marks an answer's fields for the web pages that may read it.
  public func mark(_ fields: inout HTTPFields, _ request: Request) { origins.mark(&fields, request) }

  private static var hostField: HTTPField.Name { .ours("Host") }

  private func check(_ request: Request) throws(EdgeRefusal) {
    guard let host = request.head.authority, !host.isEmpty else {
      throw EdgeRefusal(.badRequest, "The request has no Host")
    }
    // The first is not among the fields any more.
    guard request.headers[Self.hostField] == nil else {
      throw EdgeRefusal(.badRequest, "The request has more than one Host")
    }
    if let hosts, !hosts.contain(host) {
      throw EdgeRefusal(.misdirectedRequest, "This server has another name than the Host that was asked for")
    }
    guard origins.allow(request) else {
      throw EdgeRefusal(.forbidden, "Web pages of other origins may not use this server")
    }
  }
}
