import ByteStrings
import APIKeys
import Git
import HTTPServer
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import RecordService
import Registry
import RegistryStore
import Synchronization
import SystemSupport
import WebPages

/// The pages for people, over the same registry, keys and limits as the interface.
final class PageService: Sendable {
  private let records: RegistryRecords
  private let keys: KeyCheck
  private let files: PageFiles
  private let delegate: any DaemonDelegate
  private let known = Mutex(Known())

  /// What was made for one state of the registry.
  private struct Known {
    var version: RegistryVersion?
    var snapshot: Snapshot?
    var calendar: WebPages.Calendar?
    /// Whole documents, by what they show and to whom. Times in words stay right for a minute.
    var documents: [String: Document] = [:]
    var minute: Int64 = 0
  }

  /// A whole document.
  struct Document: Sendable {
    let fields: HTTPFields
    let body: ByteBuffer
    let tag: String
  }

  /// Documents that are kept.
  private static let documentLimit = 100
  /// The largest form that is read.
  private static let formLimit = 512 << 10

  init(_ records: RegistryRecords, keys: KeyCheck, files: PageFiles, delegate: any DaemonDelegate) {
    self.records = records
    self.keys = keys
    self.files = files
    self.delegate = delegate
  }

  /// A call of the pages.
  private struct Call: Sendable {
    typealias Handler = @Sendable (PageService, Request, DaemonContext) async throws -> Response

    let method: HTTPRequest.Method
    let path: String
    let handler: Handler
  }

  /// All of them.
  private static let calls: [Call] =
    looks("/") { try await $0.overview($1, $2) }
    + looks("/projects/{id}") { try await $0.project($1, $2) }
    + looks("/projects/{id}/edit") { try await $0.form($1, $2) }
    + looks("/machines") { pages, request, context in
      pages.page(.machines(try await pages.snapshot(), now: pages.now), request, context)
    }
    + looks("/activity") { try await $0.activity($1, $2) }
    + looks("/pictures") { pages, request, context in
      let (snapshot, calendar) = try await pages.pictures()
      return pages.page(.pictures(snapshot, calendar, now: pages.now), request, context)
    }
    + looks("/sign-in") { pages, request, context in
      guard pages.keys.isLocked else { return PageAnswers.redirect(to: "/", from: request) }
      return pages.page(.signIn(), request, nil)
    }
    + looks("/sign-out") { pages, request, context in
      let viewer = pages.viewer(context)
      return viewer.isSignedIn
        ? pages.page(.signOut(viewer), request, context) : PageAnswers.redirect(to: "/", from: request)
    }
    + looks("/open/{link}") { $0.open($1, $2) }
    + looks("/web/{file}") { pages, request, context in
      guard let answer = pages.files.answer(context.parameters.get("file") ?? "", request) else {
        throw HTTPError(.notFound)
      }
      return answer
    }
    + [
      Call(method: .post, path: "/sign-in") { try await $0.signIn($1, $2) },
      Call(method: .post, path: "/sign-out") { try await $0.signOut($1, $2) },
      Call(method: .post, path: "/projects/{id}/edit") { try await $0.edit($1, $2) },
    ]

  /// A page to look at. Load balancers ask by HEAD whether a server is well.
  private static func looks(_ path: String, _ handler: @escaping Call.Handler) -> [Call] {
    [.head, .get].map { Call(method: $0, path: path, handler: handler) }
  }

  /// The methods and paths that it answers, for the answers that list them.
  static var routes: [(method: HTTPRequest.Method, path: String)] { calls.map { ($0.method, $0.path) } }

  /// Puts its routes on a router.
  func add(to router: Router<DaemonContext>) {
    for call in Self.calls { add(call, to: router) }
  }

  private func add(_ call: Call, to router: Router<DaemonContext>) {
    router.on(RouterPath(call.path), method: call.method) { request, context in
      do {
        return try await call.handler(self, request, context)
      } catch let error as EdgeRefusal {
        return PageAnswers.refusal(error, request)
      } catch {
        // The contract's answers are for programs.
        guard PageAnswers.wantsPage(request), let fault = ServerFault(error) else { throw error }
        let reason = Quoting.visible(self.delegate.words(for: error))
        context.logger.error("\(request.method) \(Quoting.visible(request.uri.path)) failed: \(reason)")
        return PageAnswers.refusal(ErrorAnswers.answer(fault), request)
      }
    }
  }

  // MARK: Who asks

  private var now: Timestamp { Timestamp(milliseconds: Clock.nowMilliseconds) }

  private func viewer(_ context: DaemonContext) -> Viewer {
    let bearer = context.bearer
    return Viewer(
      name: bearer.name, canEdit: bearer.access == .readWrite, seesPaths: bearer.access != .withoutPaths,
      isSignedIn: bearer.session != nil,
      token: keys.sessions.token(of: bearer.session))
  }

  private func page(
    _ page: Page, _ request: Request, _ context: DaemonContext?, status: HTTPResponse.Status = .ok
  ) -> Response {
    PageAnswers.answer(page, for: context.map { viewer($0) }, to: request, status: status)
  }

  // MARK: What is shown

  /// The registry as it is now.
  private func snapshot() async throws -> Snapshot {
    let version = try records.version()
    if let snapshot = known.withLock({ $0.version == version ? $0.snapshot : nil }) { return snapshot }
    return try await records.use { store in
      // Those who came meanwhile waited for the first.
      if let snapshot = self.known.withLock({ $0.version == version ? $0.snapshot : nil }) { return snapshot }
      let snapshot = try Snapshot.read(store, now: self.now)
      self.known.withLock { $0 = Known(version: version, snapshot: snapshot) }
      return snapshot
    }
  }

  private func pictures() async throws -> (Snapshot, WebPages.Calendar) {
    let snapshot = try await snapshot()
    let today = now.milliseconds / 86_400_000
    if let calendar = known.withLock({ $0.snapshot === snapshot ? $0.calendar : nil }),
      calendar.today == today
    {
      return (snapshot, calendar)
    }
    let calendar = try await records.use { store in try WebPages.Calendar.read(store, now: self.now) }
    known.withLock { if $0.snapshot === snapshot { $0.calendar = calendar } }
    return (snapshot, calendar)
  }

  private func overview(_ request: Request, _ context: DaemonContext) async throws -> Response {
    let parameters = Query(request.uri.query ?? "")
    let query = OverviewQuery { parameters[$0] }
    let snapshot = try await snapshot()
    let viewer = viewer(context)
    let minute = minute
    let name = Self.name(of: query, isSignedIn: viewer.isSignedIn)
    let known = known.withLock { known in
      known.snapshot === snapshot && known.minute == minute ? known.documents[name] : nil
    }
    let document = known ?? document(snapshot, query, viewer, at: request.uri.path)
    if known == nil {
      self.known.withLock { known in
        guard known.snapshot === snapshot else { return }
        if known.minute != minute || known.documents.count >= Self.documentLimit { known.documents = [:] }
        known.minute = minute
        known.documents[name] = document
      }
    }
    if let field = request.headers[.ifNoneMatch], EntityTag.field(field, names: document.tag) {
      // With the policy: a browser takes the fields for those of the page that it has.
      return Response(status: .notModified, headers: document.fields)
    }
    return Response(
      status: .ok, headers: document.fields, body: ResponseBody(byteBuffer: document.body))
  }

  private var minute: Int64 { now.milliseconds / 60_000 }

  private static func name(of query: OverviewQuery, isSignedIn: Bool) -> String {
    "\(isSignedIn) \(query.address)"
  }

  private func document(
    _ snapshot: Snapshot, _ query: OverviewQuery, _ viewer: Viewer, at path: String
  ) -> Document {
    let bytes = Page.overview(snapshot, query, now: now).document(for: viewer, at: path)
    let tag = EntityTag.of(bytes) ?? ""
    return Document(
      fields: PageAnswers.fields([.eTag: "\"\(tag)\"", .vary: "Cookie"]), body: ByteBuffer(bytes: bytes),
      tag: tag)
  }

  /// The overview that a request asks for; nil where it has to be made.
  func known(_ request: Request, by bearer: Bearer) -> Document? {
    let parameters = Query(request.uri.query ?? "")
    let name = Self.name(of: OverviewQuery { parameters[$0] }, isSignedIn: bearer.session != nil)
    guard let version = try? records.version() else { return nil }
    let minute = minute
    return known.withLock { known in
      known.version == version && known.minute == minute ? known.documents[name] : nil
    }
  }

  private func id(_ context: DaemonContext) throws -> ProjectID {
    guard let id = ProjectID(context.parameters.get("id") ?? "") else { throw HTTPError(.notFound) }
    return id
  }

  private func record(_ context: DaemonContext) async throws -> ProjectRecord {
    let id = try id(context)
    guard let record = try await records.use({ store in try ProjectRecord.read(id, store) }) else {
      throw HTTPError(.notFound)
    }
    return record
  }

  private func project(_ request: Request, _ context: DaemonContext) async throws -> Response {
    let record = try await record(context)
    let isSaved = Query(request.uri.query ?? "")["saved"] != nil
    return page(
      .project(record, for: viewer(context), message: isSaved ? "Saved." : nil, now: now), request, context)
  }

  private func activity(_ request: Request, _ context: DaemonContext) async throws -> Response {
    let from = Query(request.uri.query ?? "")["from"]
    let start = from.flatMap { ObjectID(hex: $0) }
    guard from == nil || start != nil,
      let activity = try await records.use({ store in try Activity.read(store, from: start) })
    else { throw HTTPError(.notFound) }
    return page(.activity(activity, for: viewer(context), now: now), request, context)
  }

  // MARK: Signing in and out

  private func parameters(_ request: Request) async throws -> Query {
    let type = request.headers[.contentType] ?? ""
    guard type.prefix(before: ";").lowercased() == "application/x-www-form-urlencoded" else {
      throw EdgeRefusal(.unsupportedMediaType, "A form is sent as application/x-www-form-urlencoded")
    }
    do {
      let buffer = try await request.body.collect(upTo: Self.formLimit)
      return Query(String(decoding: buffer.readableBytesView, as: UTF8.self))
    } catch is NIOTooManyBytesError {
      throw EdgeRefusal(.contentTooLarge, "The form is larger than this server takes")
    }
  }

  private func signIn(_ request: Request, _ context: DaemonContext) async throws -> Response {
    guard keys.isLocked else { return PageAnswers.redirect(to: "/", from: request) }
    let parameters = try await parameters(request)
    let next = Self.ownAddress(parameters["next"])
    do {
      let entry = try keys.signIn(
        parameters["key"] ?? "", request, from: context.remoteAddress, context.logger)
      if let session = context.bearer.session { keys.sessions.end(session) }
      return PageAnswers.redirect(
        to: next, from: request,
        [.setCookie: keys.sessions.cookie(keys.sessions.begin(entry), for: request)])
    } catch {
      return PageAnswers.answer(
        .signIn(problem: "\(error.text).", next: next), for: nil, to: request, status: error.status,
        error.headers)
    }
  }

  /// An address of this server, and no other, wherever a form says that somebody wants to go.
  private static func ownAddress(_ text: String?) -> String {
    guard let text, text.begins(with: "/"), !text.begins(with: "//"), !text.holds("\\"),
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.begins(with: "/sign-"),
      !text.begins(with: "/open/")
    else { return "/" }
    return text
  }

  private func signOut(_ request: Request, _ context: DaemonContext) async throws -> Response {
    try await checkToken(of: parameters(request), context)
    if let session = context.bearer.session { keys.sessions.end(session) }
    return PageAnswers.redirect(
      to: keys.isLocked ? "/sign-in" : "/", from: request,
      [.setCookie: keys.sessions.noCookie(for: request)])
  }

  private func checkToken(of parameters: Query, _ context: DaemonContext) async throws {
    guard keys.sessions.isToken(parameters["token"] ?? "", of: context.bearer.session) else {
      throw EdgeRefusal(.forbidden, "This form is not of this session: load the page again")
    }
  }

  /// Opens a session by the link of this run.
  private func open(_ request: Request, _ context: DaemonContext) -> Response {
    guard request.method == .get, let entry = keys.sessions.takeLink(context.parameters.get("link") ?? "")
    else {
      return page(
        .problem(
          "This link has been used", "A link opens the page once, and only for a few minutes.",
          hint: "Run dev-infra web again for another one. If you have not used it, somebody else has."),
        request, nil, status: .gone)
    }
    return PageAnswers.answer(
      .goingOn(to: "/"), for: nil, to: request,
      [.setCookie: keys.sessions.cookie(keys.sessions.begin(entry), for: request)])
  }

  // MARK: Changing

  private func form(_ request: Request, _ context: DaemonContext) async throws -> Response {
    guard context.bearer.access == .readWrite else { throw EdgeRefusal(.forbidden, "This key is read-only") }
    return page(.edit(try await record(context), for: viewer(context)), request, context)
  }

  private func edit(_ request: Request, _ context: DaemonContext) async throws -> Response {
    let parameters = try await parameters(request)
    try await checkToken(of: parameters, context)
    let id = try id(context)
    let edit = ProjectEdit { parameters[$0] }
    let outcome = try await records.use { store in try edit.apply(to: id, in: store) }
    switch outcome {
    case .saved: return PageAnswers.redirect(to: "/projects/\(id.hex)?saved=1", from: request)
    case .gone: throw HTTPError(.notFound)
    case .invalid, .overtaken: break
    }
    let status: HTTPResponse.Status =
      if case .overtaken = outcome { .conflict } else { .unprocessableContent }
    return page(
      .edit(try await record(context), edit, outcome, for: viewer(context)), request, context, status: status)
  }
}
