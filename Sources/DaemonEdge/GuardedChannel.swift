public import HummingbirdCore
public import Logging
public import NIOCore
import NIOConcurrencyHelpers
import Synchronization

/// A connection with its bounds, see ``MessageGuard``: HTTP/1.1, which TLS may be put around.
public struct GuardedChannel: ServerChildChannel {
  /// What is read from it and written to it.
  public typealias Value = HTTP1Channel.Value

  private let limits: ConnectionLimits
  private let responder: HTTPChannelHandler.Responder
  private let count: ConnectionCount

  /// What builds a server of such connections.
  public static func builder(_ limits: ConnectionLimits) -> HTTPServerBuilder {
    let count = ConnectionCount()
    return HTTPServerBuilder { GuardedChannel(limits: limits, responder: $0, count: count) }
  }

  /// The connections' two handlers and the server's own.
  public func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    let count = count
    let isTooMany = count.add() > limits.connections
    channel.closeFuture.whenComplete { _ in count.remove() }
    do {
      let watch = ByteWatch(limits)
      try channel.pipeline.syncOperations.addHandler(watch)
      let limits = limits
      let own = NIOLoopBound(watch, eventLoop: channel.eventLoop)
      let base = HTTP1Channel(
        responder: responder,
        configuration: HTTP1Channel.Configuration(
          additionalChannelHandlers: [
            MessageGuard(limits, own.value, isTooMany: isTooMany, logger: logger)
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

/// How many connections there are.
private final class ConnectionCount: Sendable {
  private let number = Atomic(0)

  func add() -> Int { number.add(1, ordering: .relaxed).newValue }
  func remove() { number.subtract(1, ordering: .relaxed) }
}
