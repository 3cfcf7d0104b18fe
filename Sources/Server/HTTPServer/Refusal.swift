public import HTTPTypes
public import Hummingbird
import NIOCore

/// An answer that says why there is no other: a status, and `{"error": TEXT}`.
public struct EdgeRefusal: Error, Sendable {
  /// The status.
  public var status: HTTPResponse.Status
  /// What is wrong, for the client's author. It quotes nothing that came from there.
  public var text: String
  /// Header fields beside the usual ones.
  public var headers: HTTPFields = [:]

  /// A refusal of its parts.
  public init(_ status: HTTPResponse.Status, _ text: String, _ headers: HTTPFields = [:]) {
    self.status = status
    self.text = text
    self.headers = headers
  }

  /// The answer.
  public var response: Response {
    Response(status: status, headers: fields, body: ResponseBody(byteBuffer: body))
  }

  var fields: HTTPFields {
    var fields = headers
    fields[.contentType] = "application/json"
    fields[.contentLength] = String(body.readableBytes)
    return fields
  }

  /// The texts are ours, without anything that JSON would have escaped.
  var body: ByteBuffer { ByteBuffer(string: "{\"error\":\"\(text)\"}\n") }

  static let requestTimeout = EdgeRefusal(.requestTimeout, "The request took too long to arrive")
  static let contentTooLarge = EdgeRefusal(
    .contentTooLarge, "The body is larger than this server takes")
  static let uriTooLong = EdgeRefusal(.uriTooLong, "The address is longer than this server takes")
  static let headersTooLarge = EdgeRefusal(
    .requestHeaderFieldsTooLarge, "The header fields are more, or longer, than this server takes")
  static let malformed = EdgeRefusal(.badRequest, "The request is not what HTTP/1.1 has")
  static let slow = EdgeRefusal(
    .serviceUnavailable, "The answer took too long", [.retryAfter: "10"])
  static let tooManyConnections = EdgeRefusal(
    .serviceUnavailable, "Too many connections at once", [.retryAfter: "1"])
  /// The registry is not where it was.
  public static let registryGone = EdgeRefusal(
    .serviceUnavailable, "The server's registry is not in its place; its log says more",
    [.retryAfter: "60"])
  static let tooMuchAtOnce = EdgeRefusal(
    .serviceUnavailable, "Too much is being sent at once", [.retryAfter: "5"])
  static let notFound = EdgeRefusal(.notFound, "Not found")
  static let tooManyGitRequests = EdgeRefusal(
    .serviceUnavailable, "Too many git requests at once", [.retryAfter: "5"])
}
