import HTTPServer
import HTTPTypes
import Hummingbird
import NIOCore
import RecordService
import SystemPackage
import SystemSupport
import WebPages

/// The files that pages refer to: what they look like, and the script that filters while somebody types.
struct PageFiles: Sendable {
  private struct File: Sendable {
    let bytes: ByteBuffer
    let type: String
    let tag: String
  }

  private var files: [String: File] = [:]

  /// Reads them from their directory.
  init(_ directory: FilePath) throws {
    for name in Page.files {
      let bytes = try Files.read(directory.appending(name), limit: 1 << 20)
      let type =
        switch FilePath(name).extension {
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        default: "image/svg+xml"
        }
      files[name] = File(bytes: ByteBuffer(bytes: bytes), type: type, tag: EntityTag.of(bytes) ?? "")
    }
  }

  /// The answer to a request for one.
  func answer(_ name: String, _ request: Request) -> Response? {
    guard let file = files[name] else { return nil }
    var headers: HTTPFields = [.eTag: "\"\(file.tag)\"", .cacheControl: "private, no-cache"]
    if let field = request.headers[.ifNoneMatch], EntityTag.field(field, names: file.tag) {
      return Response(status: .notModified, headers: headers)
    }
    headers[.contentType] = file.type
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.bytes))
  }
}
