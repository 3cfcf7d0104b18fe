/// A request to a service.
public struct HTTPRequest: Sendable {
  /// `GET`, `POST`, `PATCH` …
  public var method: String
  /// A whole URL, or a path below the service's own, which begins with a slash: `/api/projects?status=active`.
  public var url: String
  /// Header fields beside those that every request has; `Authorization` is the client's affair.
  public var headers: [(name: String, value: String)]
  /// What is sent, as `application/json` unless a header says otherwise.
  public var body: [UInt8]?
  /// Whether it may be sent again when it is not known whether it arrived: never one that creates.
  public var isRepeatable: Bool

  /// A request; unless given otherwise all but POST may be repeated.
  public init(
    _ method: String, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
    isRepeatable: Bool? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.isRepeatable = isRepeatable ?? (method != "POST")
  }
}
