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
    let milliseconds = Int((Clock.monotonicSeconds - start) * 1000)
    let time = Timestamp(milliseconds: Clock.nowMilliseconds)
    let length = response.body.contentLength.map { String($0) } ?? "-"
    let line =
      "\(context.remoteAddress?.ipAddress ?? "-") [\(time)] \"\(request.method) \(Self.shown(request.uri.string))\""
      + " \(response.status.code) \(length) \(milliseconds)ms"
    delegate.log(line)
    return response
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
