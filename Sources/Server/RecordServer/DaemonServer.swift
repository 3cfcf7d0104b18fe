import HTTPServer
import Dispatch
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import SystemSupport
import RecordService
import ByteStrings
import APIKeys
import ServiceLifecycle
import Synchronization
import SystemPackage
import UnixSignals
import WorkProd

/// The server: middleware and routes over a store of records, from its start to its graceful end.
public struct DaemonServer: Sendable {
  private let options: DaemonOptions
  private let delegate: any DaemonDelegate

  /// A server that is not running yet.
  public init(_ options: DaemonOptions, delegate: any DaemonDelegate) {
    self.options = options
    self.delegate = delegate
  }

  /// Serves until SIGTERM or SIGINT, and returns when the requests that were under way then are answered.
  ///
  /// - Throws: ``DaemonError``, or what else is in the way, where it cannot start.
  public func run() throws {
    let ownKey = options.isPersonal ? KeyEntry.ofRun(named: "web") : nil
    let keys = try KeyRing(registry: options.registry, ownKey: ownKey)
    let sessions = Sessions(options.limits, isSecure: options.tls != nil)
    let link = ownKey.map { sessions.makeLink(for: $0) }
    guard options.listen.isLoopback || !keys.isEmpty else {
      throw DaemonError.needsKey(options.listen)
    }
    let tls = try tls()
    // Shorter than clients wait for an answer.
    if Environment["DEV_INFRA_LOCK_TIMEOUT"] == nil { Environment.set("DEV_INFRA_LOCK_TIMEOUT", to: "8") }
    ChildProcess.keepsDescriptors = true
    // The reader of the log may go; that is no reason to end.
    ThisProcess.ignoreBrokenPipes()
    let ended = DispatchSemaphore(value: 0)
    let failure = Mutex<(any Error)?>(nil)
    Task {
      do { try await serve(keys, sessions, link, tls) } catch { failure.withLock { $0 = error } }
      ended.signal()
    }
    ended.wait()
    if let failure = failure.withLock({ $0 }) { throw failure }
  }

  /// Puts TLS around connections.
  private typealias Layer = @Sendable (HTTPServerBuilder) throws -> HTTPServerBuilder

  /// What does so where that is wanted.
  private func tls() throws -> Layer? {
    try options.tls.map { tls in
      try ServerTLS.layer(certificate: tls.certificate, key: tls.key) { [delegate] in
        delegate.keepsCertificate(because: $0)
      }
    }
  }

  private func serve(
    _ keys: KeyRing, _ sessions: Sessions, _ link: String?, _ tls: Layer?
  ) async throws {
    let check = KeyCheck(keys, options.limits, sessions: sessions) { [delegate] in delegate.words(for: $0) }
    let store: any RecordStore =
      options.isPlain
      ? try PlainRecords(options.registry)
      : try await RegistryRecords(options.registry, delegate: delegate)
    do {
      try await serve(store, check, link, tls)
    } catch {
      await store.close()
      throw error
    }
    await store.close()
  }

  private func serve(
    _ store: any RecordStore, _ keys: KeyCheck, _ link: String?, _ tls: Layer?
  ) async throws {
    let delegate = delegate
    var logger = Logger(label: "dev-infra") {
      StreamLogHandler(label: $0, stream: LogStream(delegate: delegate))
    }
    logger.logLevel = options.logLevel.level
    let (router, ready) = try router(store, keys)
    let plain = GuardedChannel.builder(options.limits, ready: ready)
    let application = Application(
      router: router,
      server: try tls?(plain) ?? plain,
      configuration: ApplicationConfiguration(
        address: .hostname(options.listen.host, port: options.listen.port),
        // Beyond the limit, so many more hear that there are too many; the others wait until there is room.
        availableConnectionsDelegate: MaximumAvailableConnections(options.limits.connections + 64)),
      onServerRunning: { channel in announce(channel.localAddress, link) }, logger: logger)
    do {
      try await application.runService(gracefulShutdownSignals: Self.endingSignals)
    } catch let error as IOError {
      throw DaemonError.cannotListen(
        options.listen,
        SystemError("listening on", options.listen.description, code: Errno(rawValue: error.errnoCode)))
    } catch is SocketAddressError.UnknownHost {
      throw DaemonError.unknownHost(options.listen)
    }
  }

  /// The signals that end it; SIGHUP, of a terminal that goes away, only where it is not ignored, as under nohup(1).
  private static var endingSignals: [UnixSignal] {
    [.sigterm, .sigint] + (ThisProcess.ignoresHangUp ? [] : [.sighup])
  }

  /// What a request passes through, from the outermost to the routes; and what answers some before that.
  private func router(
    _ store: any RecordStore, _ keys: KeyCheck
  ) throws -> (Router<DaemonContext>, ReadyPages?) {
    let router = Router(context: DaemonContext.self)
    let log =
      options.logLevel == .info || options.logLevel == .debug ? AccessLog(delegate: delegate) : nil
    if let log { router.add(middleware: log) }
    router.add(middleware: HeadAnswers())
    let gate = Gate<DaemonContext>(
      hosts: hosts, origins: Origins(options.origins), keys: keys,
      shown: { [flavor = store.flavor] refusal, request in
        flavor == .full ? PageAnswers.refusal(refusal, request) : refusal.response
      })
    router.add(middleware: gate)
    router.add(middleware: ErrorAnswers(flavor: store.flavor, delegate: delegate))
    Service(store: store, limits: options.limits, delegate: delegate).add(to: router)
    guard store.flavor == .full else { return (router, nil) }
    if let hooks = options.hooks {
      GitBackend(registry: options.registry, hooks: hooks, options.limits) { try await store.isShown($0) }
        .addRoutes(to: router)
    }
    var ready: ReadyPages?
    if let pages = options.pages, let records = store as? RegistryRecords {
      let service = PageService(records, keys: keys, files: try PageFiles(pages), delegate: delegate)
      service.add(to: router)
      ready = ReadyPages(gate, service, log: log)
    }
    if let description = options.description { try ServiceDescription(description).addRoute(to: router) }
    return (router, ready)
  }

  /// The names that it answers to. Off loopback a web page gains nothing by another name: it would need a key.
  private var hosts: HostNames? {
    guard options.listen.isLoopback || !options.hosts.isEmpty else { return nil }
    return HostNames([options.listen.host] + options.hosts)
  }

  /// Reports the address once it listens: with port 0 nobody could know it otherwise.
  private func announce(_ address: SocketAddress?, _ link: String?) {
    let listening = ListenAddress(host: options.listen.host, port: address?.port ?? options.listen.port)
    let base = "\(options.tls == nil ? "http" : "https")://\(listening)"
    if let link {
      delegate.isReady(with: "\(base)/open/\(link)")
    } else {
      delegate.isListening(at: "\(base)/api")
    }
  }
}
