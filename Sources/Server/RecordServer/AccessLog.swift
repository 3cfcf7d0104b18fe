import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SystemSupport
import ByteStrings
import Registry

/// Says of each request what became of it: who, when, what, the status, the bytes and the milliseconds.
struct AccessLog: RouterMiddleware {
  typealias Context = DaemonContext

  let delegate: any DaemonDelegate

  func handle(
    _ request: Request, context: DaemonContext, next: (Request, DaemonContext) async throws -> Response
  ) async throws -> Response {
    let start = Clock.monotonicSeconds
    let response = try await next(request, context)
    log(
      request, from: context.remoteAddress, status: response.status, length: response.body.contentLength,
      since: start)
    return response
  }

  /// Logs one that was answered otherwise.
  ///
  /// - Parameter start: when it came, on the monotonic clock.
  func log(
    _ request: Request, from address: SocketAddress?, status: HTTPResponse.Status, length: Int?,
    since start: Double
  ) {
    let milliseconds = Int((Clock.monotonicSeconds - start) * 1000)
    let time = Timestamp(milliseconds: Clock.nowMilliseconds)
    let bytes = length.map { String($0) } ?? "-"
    delegate.log(
      "\(address?.ipAddress ?? "-") [\(time)] \"\(request.method) \(Self.shown(request.uri.string))\""
        + " \(status.code) \(bytes) \(milliseconds)ms")
  }

  /// An address without what a client has taken for a place for its key.
  private static func shown(_ address: String) -> String {
    var shown = ""
    var rest = Substring(Quoting.visible(address))
    while let start = rest.firstRange(of: "di_") {
      shown += rest[..<start.upperBound]
      rest = rest[start.upperBound...]
      let digits = rest.prefix { $0.isHexDigit }
      if digits.count >= 16 {
        shown += "***"
        rest = rest.dropFirst(digits.count)
      }
    }
    return shown + rest
  }
}
