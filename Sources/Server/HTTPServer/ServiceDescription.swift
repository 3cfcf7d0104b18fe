public import Hummingbird
import NIOCore
import SystemSupport
public import SystemPackage

/// The OpenAPI description of the server, at `/api/openapi.yaml`.
public struct ServiceDescription: Sendable {
  /// Where it is.
  public static let path = "/api/openapi.yaml"

  private let text: ByteBuffer

  /// The description in this file.
  public init(_ file: FilePath) throws { text = ByteBuffer(bytes: try Files.read(file, limit: 1 << 20)) }

  /// Adds the route, and HEAD beside it.
  public func addRoute<Context: RequestContext>(to router: Router<Context>) {
    router.get(RouterPath(Self.path)) { [text] _, _ in
      // The type by RFC 9512.
      Response(
        status: .ok, headers: [.contentType: "application/yaml"], body: ResponseBody(byteBuffer: text))
    }
    router.head(RouterPath(Self.path)) { [text] _, _ in
      Response(
        status: .ok, headers: [.contentType: "application/yaml"],
        body: ResponseBody(contentLength: text.readableBytes) { try await $0.finish(nil) })
    }
  }
}
