public import HTTPTypes
public import Hummingbird
import NIOCore
import Platform
import ServerKeys
import Synchronization
public import SystemPackage

/// The registry as a git remote at `/registry.git`, by `git http-backend`, a process for each request.
///
/// Bodies stream both ways, held back where the other side does not follow. A client that goes away ends the process.
public final class GitBackend: Sendable {
  private let registry: FilePath
  private let environment: GitEnvironment
  private let limits: ConnectionLimits
  private let running = Atomic(0)

  /// - Parameters:
  ///   - registry: the registry's directory.
  ///   - hooks: the directory with the hook `proc-receive`, which decides on what is pushed.
  public init(registry: FilePath, hooks: FilePath, _ limits: ConnectionLimits) {
    self.registry = registry
    environment = GitEnvironment(registry: registry, hooks: hooks, inputLimit: limits.gitBody)
    self.limits = limits
  }

  /// Its addresses, and the method of each.
  public static let routes: [(method: HTTPRequest.Method, path: String)] = [
    (.get, "\(GitService.root)/info/refs"), (.post, "\(GitService.root)/git-upload-pack"),
    (.post, "\(GitService.root)/git-receive-pack"),
  ]

  /// Adds the routes.
  public func addRoutes<Context: EdgeContext>(to router: Router<Context>) {
    let root = RouterPath(GitService.root)
    router.get("\(root)/info/refs") { request, context in
      guard let service = GitService(of: request) else {
        throw EdgeRefusal(.badRequest, "Only git's smart protocol is served: the service is missing")
      }
      return try await self.answer(request, context, service, isAdvertisement: true)
    }
    for service in [GitService.uploadPack, .receivePack] {
      router.post("\(root)/\(service.rawValue)") { request, context in
        guard request.headers[.contentType] == "application/x-\(service.rawValue)-request" else {
          throw EdgeRefusal(
            .unsupportedMediaType, "Content-Type must be application/x-\(service.rawValue)-request")
        }
        return try await self.answer(request, context, service, isAdvertisement: false)
      }
    }
  }

  private func answer(
    _ request: Request, _ context: some EdgeContext, _ service: GitService, isAdvertisement: Bool
  ) async throws -> Response {
    // git would say that there never was one.
    guard Files.kind(of: registry.appending("HEAD")) != nil else { throw EdgeRefusal.registryGone }
    guard running.add(1, ordering: .relaxed).newValue <= limits.gitRequests else {
      running.subtract(1, ordering: .relaxed)
      throw EdgeRefusal.tooManyGitRequests
    }
    let variables = environment.variables(
      for: request, service, isAdvertisement: isAdvertisement, bearer: context.bearer,
      address: context.remoteAddress?.ipAddress)
    let exchange = try await GitExchange.start(variables, context.logger) {
      self.running.subtract(1, ordering: .relaxed)
    }
    // The connection ends when the client is gone; then nobody wants the answer any more.
    context.channel.closeFuture.whenComplete { [weak exchange] _ in exchange?.end() }
    do {
      exchange.feed(isAdvertisement ? nil : request.body)
      let head = try await exchange.head()
      return Response(
        status: head.status, headers: head.fields,
        body: ResponseBody { writer in
          do {
            try await exchange.forward { try await writer.write($0) }
          } catch {
            exchange.end()
            throw error
          }
          exchange.finish()
          try await writer.finish(nil)
        })
    } catch {
      exchange.end()
      throw error
    }
  }
}
