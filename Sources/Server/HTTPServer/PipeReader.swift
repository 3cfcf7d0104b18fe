import NIOCore

/// The reading end of a pipe, from which one piece at a time is taken; nothing is read before it is asked for.
final class PipeReader: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let silence: TimeAmount
  private var pieces = CircularBuffer<ByteBuffer>()
  private var waiting: EventLoopPromise<ByteBuffer?>?
  private var failure: (any Error)?
  private var isAtEnd = false
  private var timer: Scheduled<Void>?

  /// - Parameter silence: how long a piece is waited for.
  init(silence: TimeAmount) { self.silence = silence }

  /// Nothing came for too long.
  struct Silent: Error {}

  /// The next piece; nil at the end. Called on the channel's event loop, again only once the last call is answered.
  func next(_ channel: any Channel) -> EventLoopFuture<ByteBuffer?> {
    if let piece = pieces.popFirst() { return channel.eventLoop.makeSucceededFuture(piece) }
    if let failure { return channel.eventLoop.makeFailedFuture(failure) }
    if isAtEnd { return channel.eventLoop.makeSucceededFuture(nil) }
    let promise = channel.eventLoop.makePromise(of: ByteBuffer?.self)
    waiting = promise
    timer = channel.eventLoop.assumeIsolatedUnsafeUnchecked().scheduleTask(in: silence) {
      self.failure = Silent()
      self.answer()
    }
    channel.read()
    return promise.futureResult
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    pieces.append(unwrapInboundIn(data))
    answer()
  }

  func channelInactive(context: ChannelHandlerContext) {
    isAtEnd = true
    answer()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    failure = error
    answer()
    context.close(promise: nil)
  }

  private func answer() {
    guard let promise = waiting else { return }
    if let piece = pieces.popFirst() {
      promise.succeed(piece)
    } else if let failure {
      promise.fail(failure)
    } else if isAtEnd {
      promise.succeed(nil)
    } else {
      return
    }
    waiting = nil
    timer?.cancel()
  }
}
