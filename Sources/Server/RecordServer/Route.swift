import ByteStrings
import HTTPServer
import HTTPTypes
import WorkProd

/// What a request can ask for.
enum Operation: Sendable {
  case health
  case list
  case create
  case show
  case change
  case delete
  case archive
  case importing
  case states
  case showState
  case keepState
  case forgetState

  /// Whether it is about what machines say of their checkouts, which the contract does not know.
  var isOfStates: Bool {
    switch self {
    case .states, .showState, .keepState, .forgetState: true
    default: false
    }
  }
}

/// The calls that the service answers.
package struct Route: Sendable {
  let method: HTTPRequest.Method
  /// The path, with `{id}` where a number stands, and `{machine}` where a machine's id does.
  let path: String
  let operation: Operation

  /// All of them.
  static let all = [
    Route(method: .get, path: "/api/health", operation: .health),
    Route(method: .get, path: "/api/projects", operation: .list),
    Route(method: .post, path: "/api/projects", operation: .create),
    Route(method: .post, path: "/api/projects/import", operation: .importing),
    Route(method: .get, path: "/api/projects/{id}", operation: .show),
    Route(method: .patch, path: "/api/projects/{id}", operation: .change),
    Route(method: .delete, path: "/api/projects/{id}", operation: .delete),
    Route(method: .put, path: "/api/projects/{id}/archive", operation: .archive),
    Route(method: .get, path: "/api/states", operation: .states),
    Route(method: .get, path: "/api/states/{machine}", operation: .showState),
    Route(method: .put, path: "/api/states/{machine}", operation: .keepState),
    Route(method: .delete, path: "/api/states/{machine}", operation: .forgetState),
  ]

  /// These, and what the server answers beside them.
  static let everything =
    all.map { (method: $0.method, path: $0.path) } + [(.get, ServiceDescription.path)] + GitBackend.routes

  /// Every call that the server answers, as `GET /path`.
  package static var calls: [String] { everything.map { "\($0.method.rawValue) \($0.path)" } }

  /// The methods that may be used with a path; none where nothing is there.
  static func methods(of path: String, _ flavor: ServiceFlavor) -> [HTTPRequest.Method] {
    let parts = path.split(at: "/")
    let routes = (everything + (flavor == .full ? PageService.routes : [])).map {
      (method: $0.method, pattern: $0.path.split(at: "/"))
    }
    // `import` is a call of its own, and no number.
    var found = routes.filter { $0.pattern == parts }.map(\.method)
    if found.isEmpty {
      found = routes.filter { route in
        route.pattern.count == parts.count
          && zip(route.pattern, parts).allSatisfy { $0 == $1 || $0.begins(with: "{") }
      }.map(\.method)
    }
    guard !found.isEmpty else { return [] }
    // git never asks with HEAD.
    let hasHead = found.contains(.get) && path.begins(with: "/api/")
    return (hasHead ? [.head] : []) + found + [.options]
  }
}
