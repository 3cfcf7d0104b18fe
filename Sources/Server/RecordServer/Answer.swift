import HTTPTypes
import Hummingbird
import NIOCore
import RecordService
import Registry

/// Answers of the service.
enum Answer {
  /// The bytes of a JSON text.
  static func json(
    _ bytes: some Sequence<UInt8>, status: HTTPResponse.Status = .ok, _ headers: HTTPFields = [:]
  ) -> Response {
    var headers = headers
    headers[.contentType] = "application/json"
    return Response(
      status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  /// A JSON value.
  static func json(_ value: JSON, status: HTTPResponse.Status = .ok, _ headers: HTTPFields = [:]) -> Response
  {
    json(value.compact.utf8, status: status, headers)
  }

  /// `{"error": TEXT}`.
  static func error(_ status: Int, _ message: String, _ headers: HTTPFields = [:]) -> Response {
    json(.object(["error": .string(message)]), status: .init(code: status), headers)
  }

  /// A record, with its entity tag.
  static func record(_ record: Record, status: HTTPResponse.Status = .ok) -> Response {
    var headers: HTTPFields = [:]
    if let tag = record.tag { headers[.eTag] = "\"\(tag)\"" }
    if status == .created { headers[.location] = "/api/projects/\(record.number)" }
    return json(record.bytes, status: status, headers)
  }

  /// The same without its body, as HEAD wants it.
  static func withoutBody(_ response: Response) -> Response {
    var headers = response.headers
    if let length = response.body.contentLength { headers[.contentLength] = String(length) }
    return Response(
      status: response.status, headers: headers,
      body: ResponseBody(contentLength: response.body.contentLength) { try await $0.finish(nil) })
  }
}
