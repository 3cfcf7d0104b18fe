import HTTPServer
import HTTPTypes
import Hummingbird
import NIOCore
import RecordService
import Registry
import WorkProd

/// The calls of the contract over a store of records.
struct Service: Sendable {
  let store: any RecordStore
  let limits: ConnectionLimits
  let delegate: any DaemonDelegate

  /// Puts its routes on a router.
  func add(to router: Router<DaemonContext>) {
    for route in Route.all {
      on(router, route.path, route.method, route.operation)
      if route.method == .get { on(router, route.path, .head, route.operation) }
    }
    // A word where the path needs a number, although a call of another method has that very word.
    for (method, operation) in [
      (HTTPRequest.Method.get, Operation.show), (.head, .show), (.patch, .change), (.delete, .delete),
    ] {
      on(router, "/api/projects/import", method, operation)
    }
  }

  private func on(
    _ router: Router<DaemonContext>, _ path: String, _ method: HTTPRequest.Method, _ operation: Operation
  ) {
    router.on(RouterPath(path), method: method) { request, context in
      try await answer(operation, request, context)
    }
  }

  private func answer(
    _ operation: Operation, _ request: Request, _ context: DaemonContext
  ) async throws -> Response {
    if operation.isOfStates, store.flavor == .plain { throw HTTPError(.notFound) }
    switch operation {
    case .health: return health()
    case .list: return try await list(request)
    case .create: return try await create(request)
    case .importing: return try await importing(request)
    case .show:
      let record = try await record(context)
      if let tag = record.tag, let field = request.headers[.ifNoneMatch], EntityTag.field(field, names: tag) {
        return Response(status: .notModified, headers: [.eTag: "\"\(tag)\""])
      }
      return Answer.record(record)
    case .change: return try await change(request, context)
    case .delete:
      let number = try number(context)
      _ = try await store.perform(.delete(number, ifMatch: request.headers[.ifMatch]))
      return Response(status: .noContent)
    case .archive:
      let number = try number(context)
      return try await answer(.change(number, .archived, ifMatch: request.headers[.ifMatch]))
    case .states: return Answer.json(.array(try await store.states().map(\.json)))
    case .showState:
      let state = try await store.state(of: machine(context))
      let tag: HTTPFields = [.eTag: "\"\(state.commit)\""]
      if let field = request.headers[.ifNoneMatch], EntityTag.field(field, names: state.commit) {
        return Response(status: .notModified, headers: tag)
      }
      return Answer.json(state.json, tag)
    case .keepState:
      let machine = try machine(context)
      let body = try await RequestJSON.read(request, limits)
      let state: MachineState
      do {
        state = try MachineState(machine: machine, json: body)
      } catch {
        throw Refusal(400, "Invalid state: \(error.sentence)")
      }
      return Response(status: .noContent, headers: [.eTag: "\"\(try await store.keep(state))\""])
    case .forgetState:
      try await store.forgetState(of: machine(context))
      return Response(status: .noContent)
    }
  }

  /// The machine in the path; what is not the id of one is just not there.
  private func machine(_ context: DaemonContext) throws -> MachineID {
    guard let machine = context.parameters.get("machine").flatMap({ MachineID($0) }) else {
      throw Refusal.stateNotFound
    }
    return machine
  }

  private func health() -> Response {
    var members: JSON.Members = ["status": .string("ok"), "message": .string("Flask backend is running")]
    if store.flavor == .full {
      members["features"] = .array(["metadata", "if-match", "since", "states"].map { .string($0) })
    }
    return Answer.json(.object(members))
  }

  private func list(_ request: Request) async throws -> Response {
    if store.flavor == .plain, request.method == .head { throw HTTPError(.internalServerError) }
    let query = Query(request.uri.query ?? "")
    let filter = try RecordFilter { query[$0] }
    if store.flavor == .full, let since = query["since"], !since.isEmpty {
      return changes(try await store.changes(since: since), filter)
    }
    let table = try await store.table()
    var headers: HTTPFields = [.contentType: "application/json"]
    if store.flavor == .full {
      headers[.eTag] = "\"\(table.version)\""
      headers[.commit] = table.commit
      if let field = request.headers[.ifNoneMatch], EntityTag.field(field, names: table.version) {
        return Response(status: .notModified, headers: headers)
      }
    }
    guard !filter.isEmpty else {
      return Response(status: .ok, headers: headers, body: ResponseBody(contentsOf: table.list))
    }
    return Answer.json(Self.array(table.records.lazy.filter { filter.passes($0) }), headers)
  }

  private func changes(_ changes: RecordChanges, _ filter: RecordFilter) -> Response {
    let removed = JSON.array(changes.removed.map { .string($0.hex) }).compact
    var bytes = Array("{\"commit\":\"\(changes.commit)\",\"removed\":\(removed),\"changed\":".utf8)
    bytes += Self.array(changes.changed.lazy.filter { filter.passes($0) })
    bytes.append(UInt8(ascii: "}"))
    return Answer.json(bytes, [.commit: changes.commit])
  }

  private static func array(_ records: some Sequence<Record>) -> [UInt8] {
    var bytes = [UInt8(ascii: "[")]
    for record in records {
      if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
      bytes += record.bytes
    }
    bytes.append(UInt8(ascii: "]"))
    return bytes
  }

  private func create(_ request: Request) async throws -> Response {
    let body = try await RequestJSON.read(request, limits)
    let fields = try RequestedFields(body, creating: true, store.flavor)
    return try await answer(.create(fields), status: .created)
  }

  private func change(_ request: Request, _ context: DaemonContext) async throws -> Response {
    let number = try number(context)
    guard try await store.table()[number] != nil else { throw Refusal.notFound }
    let body = try await RequestJSON.read(request, limits, emptyIsObject: true)
    let fields = try RequestedFields(body, creating: false, store.flavor)
    return try await answer(.change(number, fields, ifMatch: request.headers[.ifMatch]))
  }

  private func importing(_ request: Request) async throws -> Response {
    let body = try await RequestJSON.readImport(request, limits)
    guard case .imported(let report) = try await store.perform(.importing(ImportReport.items(of: body)))
    else {
      throw HTTPError(.internalServerError)
    }
    for (number, fields) in report.cut {
      for field in fields { delegate.note(.cut(field, record: number)) }
    }
    return Answer.json(report.json, status: .created)
  }

  private func answer(_ edit: Edit, status: HTTPResponse.Status = .ok) async throws -> Response {
    guard case .record(let record) = try await store.perform(edit) else { throw Refusal.notFound }
    switch edit {
    case .create(let given), .change(_, let given, _):
      for field in record.cut where given.values[field] != nil {
        delegate.note(.cut(field, record: record.number))
      }
    case .delete, .importing: break
    }
    return Answer.record(record, status: status)
  }

  private func record(_ context: DaemonContext) async throws -> Record {
    let number = try number(context)
    guard let record = try await store.table()[number] else { throw Refusal.notFound }
    return record
  }

  /// The number in the path; one that is too large for any record is just not there.
  private func number(_ context: DaemonContext) throws -> Int {
    let text = context.parameters.get("id") ?? "import"
    // By the contract a number has no sign.
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { throw Refusal.invalidID }
    guard let number = Int(text) else { throw Refusal.notFound }
    return number
  }
}

extension HTTPField.Name {
  /// The commit of the registry that an answer shows, for a later `?since=`.
  static let commit = HTTPField.Name("Dev-Infra-Commit")!
}
