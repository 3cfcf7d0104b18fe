import Console
import Dispatch
import Hummingbird
import Logging
import NIOCore
import Platform
import RecordService
import Records
import ServiceLifecycle
import Synchronization
import SystemPackage

/// The server: middleware and routes over a store of records, from its start to its graceful end.
public struct DaemonServer: Sendable {
  private let options: DaemonOptions

  /// A server that is not running yet.
  public init(_ options: DaemonOptions) { self.options = options }

  /// Serves until SIGTERM or SIGINT, and returns when the requests that were under way then are answered.
  ///
  /// - Throws: a `Failure` where it cannot start.
  public func run() throws {
    guard options.listen.isLoopback else {
      throw Failure.fatal(
        "listening on \(options.listen) is refused: others than this computer could reach it, and no key is asked for",
        hints: "listen on 127.0.0.1, and let ssh or a proxy bring others there")
    }
    let ended = DispatchSemaphore(value: 0)
    let failure = Mutex<Failure?>(nil)
    Task {
      do { try await serve() } catch { failure.withLock { $0 = Failure(error) } }
      ended.signal()
    }
    ended.wait()
    if let failure = failure.withLock({ $0 }) { throw failure }
  }

  private func serve() async throws {
    let store: any RecordStore =
      options.isPlain ? try PlainRecords(options.registry) : try await RegistryRecords(options.registry)
    do {
      try await serve(store)
    } catch {
      await store.close()
      throw error
    }
    await store.close()
  }

  private func serve(_ store: any RecordStore) async throws {
    var logger = Logger(label: "dev-infra") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = options.logLevel.level
    let application = Application(
      router: router(store),
      configuration: ApplicationConfiguration(
        address: .hostname(options.listen.host, port: options.listen.port)),
      onServerRunning: { channel in announce(channel.localAddress) }, logger: logger)
    do {
      try await application.runService()
    } catch let error as IOError {
      throw Failure.fatal(
        "listening on \(options.listen) failed: \(SystemError("", "", code: error.errnoCode).reason)",
        hints: "--listen names another address or port")
    }
  }

  /// What a request passes through, from the outermost to the routes.
  private func router(_ store: any RecordStore) -> Router<DaemonContext> {
    let router = Router(context: DaemonContext.self)
    if options.logLevel == .info || options.logLevel == .debug { router.add(middleware: AccessLog()) }
    router.add(middleware: ErrorAnswers(dialect: store.dialect))
    Service(store: store, bodyLimit: options.bodyLimit).add(to: router)
    return router
  }

  /// Tells where it listens once it does: with port 0 nobody could know otherwise.
  private func announce(_ address: SocketAddress?) {
    let listening = ListenAddress(host: options.listen.host, port: address?.port ?? options.listen.port)
    do {
      var output = Output()
      try output.line("listening on http://\(listening)/api")
      try output.flush()
    } catch {
      // That nobody reads it is no reason not to serve.
    }
  }
}
