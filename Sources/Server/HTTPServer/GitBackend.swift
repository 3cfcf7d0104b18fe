import ByteStrings
public import HTTPTypes
public import Hummingbird
import NIOCore
import SystemSupport
import APIKeys
public import SystemPackage

/// The registry as a git remote at `/registry.git`, by `git http-backend`, a process for each request.
///
/// The process is started when the request is there in whole, and its answer is taken from it as fast as it comes, so that
/// it never waits for a client. A client that goes away ends it.
public final class GitBackend: Sendable {
  /// Whether a client may have the objects that a commit, by its name, leads to.
  public typealias Showing = @Sendable (_ commit: String) async throws -> Bool

  private let registry: FilePath
  private let environment: BackendEnvironment
  private let limits: ConnectionLimits
  private let turns: GitTurns
  private let isShown: Showing

  /// - Parameters:
  ///   - registry: the registry's directory.
  ///   - hooks: the directory with the hooks `pre-receive` and `proc-receive`, which decide on what is pushed.
  ///   - isShown: whether a commit is main or has been.
  public init(registry: FilePath, hooks: FilePath, _ limits: ConnectionLimits, isShown: @escaping Showing) {
    self.registry = registry
    // Without the first of them whatever is pushed would be taken.
    let isGuarded = ["pre-receive", "proc-receive"].allSatisfy { Files.kind(of: hooks.appending($0)) != nil }
    environment = BackendEnvironment(
      registry: registry, hooks: hooks, pushLimit: limits.push, takesPushes: isGuarded)
    self.limits = limits
    self.isShown = isShown
    turns = GitTurns(limit: limits.gitRequests, patience: limits.gitWait)
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
    let body = isAdvertisement ? nil : try await take(request, service)
    if service == .uploadPack, let body, let refusal = try await refusal(of: body) { return refusal }
    if service == .receivePack, let body,
      try !ReceivePackRequest.isBounded(body.bytes(atMost: ReceivePackRequest.headLimit))
    {
      throw EdgeRefusal(
        .badRequest, "The push has more than \(ReceivePackRequest.lineLimit) lines before its objects")
    }
    let address = context.remoteAddress?.ipAddress
    let client =
      context.bearer.name.isEmpty ? ClientAddress.source(context.remoteAddress) : context.bearer.name
    try await turns.begin(client)
    let variables = environment.variables(
      for: service, isAdvertisement: isAdvertisement, body, bearer: context.bearer, address: address)
    let exchange = try await GitExchange.start(
      variables, body, memory: service == .receivePack ? limits.pushMemory : limits.fetchMemory,
      in: registry.appending("daemon"), context.logger
    ) {
      self.turns.end(client)
    }
    // The connection ends when the client is gone; then nobody wants the answer any more.
    context.channel.closeFuture.whenComplete { [weak exchange] _ in exchange?.end() }
    do {
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

  /// The body, whole.
  private func take(_ request: Request, _ service: GitService) async throws -> SpooledBody {
    let encoding = request.headers[.contentEncoding]?.lowercased()
    guard [nil, "identity", "gzip", "x-gzip"].contains(encoding) else {
      throw EdgeRefusal(.unsupportedMediaType, "Content-Encoding must be gzip, or nothing")
    }
    return try await SpooledBody.take(
      request.body, isPacked: encoding?.ends(with: "gzip") ?? false,
      limit: service == .receivePack ? limits.pushBody : limits.fetchBody, in: registry.appending("daemon"))
  }

  /// The answer to a client that wants more than it may see; nil where it does not.
  private func refusal(of body: SpooledBody) async throws -> Response? {
    let bytes = try body.bytes()
    let wants: Set<String>
    do throws(UploadPackRequest.Fault) {
      wants = try UploadPackRequest.wants(in: bytes)
    } catch {
      switch error {
      case .malformed: throw EdgeRefusal(.badRequest, "The body is not a request of git's")
      case .moreEnds(let limit):
        throw EdgeRefusal(.badRequest, "The request has more than \(limit) lines of where a history ends")
      }
    }
    guard wants.count <= Self.wantLimit else {
      throw EdgeRefusal(.badRequest, "The request wants more than there is")
    }
    for object in wants.sorted() where try await !isShown(object) {
      return Response(
        status: .ok, headers: [.contentType: "application/x-git-upload-pack-result"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: UploadPackRequest.refusal(of: object))))
    }
    return nil
  }

  /// The branch, and the states of as many machines as a fetch takes.
  private static let wantLimit = 1100
}
