public import HummingbirdCore
public import Logging
public import NIOCore
import NIOConcurrencyHelpers

/// A connection with its bounds, see ``MessageGuard``: HTTP/1.1, which TLS may be put around.
public struct GuardedChannel: ServerChildChannel {
  /// What is read from it and written to it.
  public typealias Value = HTTP1Channel.Value

  private let limits: ConnectionLimits
  private let responder: HTTPChannelHandler.Responder
  private let table: ConnectionTable
  private let ready: (any ReadyAnswers)?

  /// What builds a server of such connections.
  ///
  /// - Parameter ready: the answers that need no server.
  public static func builder(
    _ limits: ConnectionLimits, ready: (any ReadyAnswers)? = nil
  ) -> HTTPServerBuilder {
    let table = ConnectionTable(limits)
    return HTTPServerBuilder { GuardedChannel(limits: limits, responder: $0, table: table, ready: ready) }
  }

  /// The connections' two handlers and the server's own.
  public func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    let table = table
    let (number, isTooMany) = table.add(channel)
    channel.closeFuture.whenComplete { _ in table.remove(number) }
    do {
      let watch = RequestLineLimiter(limits)
      try channel.pipeline.syncOperations.addHandler(watch)
      let (limits, ready) = (limits, ready)
      let own = NIOLoopBound(watch, eventLoop: channel.eventLoop)
      let base = HTTP1Channel(
        responder: responder,
        configuration: HTTP1Channel.Configuration(
          additionalChannelHandlers: [
            MessageGuard(
              limits, own.value, table, number: number, isTooMany: isTooMany, ready: ready, logger: logger)
          ],
          httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: limits.headerField, maxHeaderListSize: limits.headers,
            maxHeaderFieldCount: limits.headerCount)))
      return base.setup(channel: channel, logger: logger)
    } catch {
      return channel.eventLoop.makeFailedFuture(error)
    }
  }

  /// Answers the connection's requests.
  public func handle(value: Value, logger: Logger) async {
    await HTTP1Channel(responder: responder).handle(value: value, logger: logger)
  }
}
