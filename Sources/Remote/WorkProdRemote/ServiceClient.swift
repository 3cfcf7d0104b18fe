import HTTPClient
import SystemSupport
import ByteStrings
import Git
import Registry
import RegistryIndex
import SystemPackage
import WorkProd

/// The service's calls, with what its answers mean.
final class ServiceClient {
  private let client: HTTPClient
  /// The service's own path, in front of `/api`.
  private let base: String
  /// How many requests are on their way at a time.
  static let connections = 8

  /// - Parameters:
  ///   - url: the service's, with or without `/api` at its end.
  ///   - registry: the repository whose configuration says how to connect.
  ///   - remote: the remote's name; nil where it has none.
  ///   - delegate: told of settings that are not used.
  init(_ url: String, registry: FilePath, remote: String?, delegate: any WorkProdDelegate) throws {
    var url = url
    while url.ends(with: "/") { url.removeLast() }
    if url.ends(with: "/api") { url.removeLast("/api".count) }
    let settings = try HTTPSettings.ofGit(url, registry: registry, remote: remote) { name in
      // git runs this helper in any repository that has such a URL. The key is for the registry's remotes alone.
      name == "DEV_INFRA_API_KEY" && !Self.isRegistry(registry) ? nil : Environment[name]
    }
    for warning in settings.warnings { delegate.note(.setting(warning)) }
    client = try HTTPClient(settings)
    base = "/api"
  }

  /// Whether a git directory is the registry that this user's commands work on.
  private static func isRegistry(_ directory: FilePath) -> Bool {
    guard let own = try? ViewFile.ofEnvironment().registry.resolved else { return false }
    return directory.resolved == own
  }

  /// What kind of service it is, by the features that it names, and whether it holds what machines say of their checkouts.
  func kind() throws -> (form: ServiceFlavor, holdsStates: Bool) {
    let features = try features()
    return (features.contains(.string("metadata")) ? .full : .plain, features.contains(.string("states")))
  }

  private func features() throws -> [JSON] {
    let answer = try client.send(HTTPRequest("GET", "\(base)/health"))
    guard answer.status == 200, let value = try? JSON.parse(answer.body), value["status"]?.string == "ok"
    else {
      throw Self.refusal(answer, .health)
    }
    return value["features"]?.array ?? []
  }

  /// The machines that have said how their checkouts are, and the commits that the service has of that.
  func states() throws -> [(machine: MachineID, commit: ObjectID)] {
    let answer = try client.send(HTTPRequest("GET", "\(base)/states"))
    guard answer.status == 200 else { throw Self.refusal(answer, .states) }
    guard let list = (try? JSON.parse(answer.body))?.array else {
      throw WorkProdError.unusableStates
    }
    return list.compactMap { value in
      guard let machine = value["id"]?.string.flatMap({ MachineID($0) }),
        let commit = value["commit"]?.string.flatMap({ ObjectID(hex: $0) })
      else { return nil }
      return (machine, commit)
    }
  }

  /// What machines say of their checkouts.
  ///
  /// - Parameter each: takes a machine, what it is called, and what it says, in whatever order they come. One that has been taken
  ///   out meanwhile has none.
  func states(of machines: [MachineID], each: (MachineID, String, JSON) throws -> Void) throws {
    let requests = machines.map { HTTPRequest("GET", "\(base)/states/\($0.hex)") }
    try client.send(requests, atOnce: Self.connections) { index, result in
      let answer = try result.get()
      switch answer.status {
      case 200:
        guard let json = try? JSON.parse(answer.body) else {
          throw WorkProdError.unusableState(machines[index])
        }
        try each(machines[index], json["name"]?.string ?? machines[index].hex, json)
      case 404: break
      default: throw Self.refusal(answer, .states)
      }
    }
  }

  /// Has what a machine says of its checkouts kept, or forgotten.
  ///
  /// - Returns: why the service does not take it; nil where it has.
  func keep(_ state: JSON?, of machine: MachineID) throws -> String? {
    let answer = try client.send(
      HTTPRequest(
        state == nil ? "DELETE" : "PUT", "\(base)/states/\(machine.hex)",
        body: state.map { Array($0.compact.utf8) }))
    switch answer.status {
    case 204: return nil
    case 404 where state == nil: return nil
    // An answer that will be the same the next time. Any other may come from something between us and the
    // service.
    case 413: return "it is larger than the service takes (\(answer.summary))"
    case 400: return answer.summary
    default: throw Self.refusal(answer, .states)
    }
  }

  /// All records.
  func records() throws -> [ServiceRecord] {
    let answer = try client.send(HTTPRequest("GET", "\(base)/projects"))
    guard answer.status == 200 else { throw Self.refusal(answer, .records) }
    do throws(UnusableList) {
      return try ServiceRecord.list(answer.body)
    } catch {
      throw WorkProdError.unusableList(error)
    }
  }

  /// Creates records, some of which the service may pass over.
  ///
  /// - Returns: how many it says it made; nil where it takes no body such as this, and has made none.
  func importRecords(_ bodies: [[UInt8]]) throws -> Int? {
    let whole =
      Array(#"{"projects":["#.utf8) + bodies.joined(separator: [UInt8(ascii: ",")]) + Array("]}".utf8)
    let answer = try client.send(HTTPRequest("POST", "\(base)/projects/import", body: whole))
    switch answer.status {
    case 200...299: return (try? JSON.parse(answer.body))?["imported"]?.count ?? 0
    case 400, 404, 405, 413, 415, 422: return nil
    default: throw Self.refusal(answer, .send)
    }
  }

  /// What became of one request that changes a record.
  enum Outcome: Equatable {
    /// It is done.
    case done
    /// There is no such record.
    case missing
    /// What it asks for is in the way of another record.
    case conflict(String)
    /// The record is not any more what it was.
    case outdated
    /// The service does not take it, for this reason.
    case refused(String)
  }

  /// One request that changes a record.
  struct Call {
    var method: String
    /// The record's number; nil for a new one.
    var number: Int?
    /// What the record must be for the call to be done; nil where the service has no names for that.
    var tag: String?
    var body: [UInt8]?
  }

  /// Makes calls, several at a time.
  ///
  /// - Parameter each: takes the outcome of each by its index, in whatever order they come, with what was answered.
  /// - Throws: where the service cannot be reached any more, or lets nobody in: what is left would fare no better.
  func make(_ calls: [Call], each: (Int, Outcome, [UInt8]) throws -> Void) throws {
    let requests = calls.map { call in
      HTTPRequest(
        call.method, "\(base)/projects" + (call.number.map { "/\($0)" } ?? ""),
        headers: call.tag.map { [("If-Match", "\"\($0)\"")] } ?? [], body: call.body)
    }
    try client.send(requests, atOnce: Self.connections) { index, result in
      let answer = try result.get()
      switch answer.status {
      case 200...299 where Self.isDone(calls[index], answer): try each(index, .done, answer.body)
      case 200...299:
        try each(index, .refused("it answered \(answer.status), and not with the record"), answer.body)
      case 404: try each(index, .missing, answer.body)
      case 409: try each(index, .conflict(answer.summary), answer.body)
      case 412: try each(index, .outdated, answer.body)
      case 401, 403, 429, 502, 503, 504, 507: throw Self.refusal(answer, .send)
      default: try each(index, .refused(answer.summary), answer.body)
      }
    }
  }

  /// Whether an answer is what a service says once it has done a call.
  ///
  /// What stands between us and the service may answer 200 to everything, as a network does that wants a login. What it was
  /// not given would count as deleted, or as set back by another client, at the next look.
  private static func isDone(_ call: Call, _ answer: HTTPResponse) -> Bool {
    let record = (try? JSON.parse(answer.body, maximumDepth: ServiceRecord.maximumDepth))
      .flatMap { ServiceRecord(json: $0) }
    guard let number = call.number else { return record != nil }
    return record?.number == number || answer.status == 204 && answer.body.isEmpty
  }

  private static func refusal(_ answer: HTTPResponse, _ request: WorkProdError.Request) -> WorkProdError {
    .refused(request, status: answer.status, summary: answer.summary)
  }
}
