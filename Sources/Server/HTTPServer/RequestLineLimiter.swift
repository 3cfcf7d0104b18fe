import NIOCore

/// The address of a request is longer than the limit.
struct AddressTooLong: Error {}

/// Watches a connection's bytes before they are taken for HTTP: the length of a request's first line, and when a head
/// began. ``MessageGuard`` tells it where requests end.
final class RequestLineLimiter: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  /// When the head that is coming in began; nil while none is.
  private(set) var headStart: NIODeadline?
  private let limits: ConnectionLimits
  private var isAwaitingHead = true
  private var isFirstLine = true
  private var lineLength = 0
  private var lineEnd: [UInt8] = []
  private var isDraining = false

  init(_ limits: ConnectionLimits) { self.limits = limits }

  /// Whether the request that came in last is of HTTP/1.0, which ends a connection with its answer. One that came in a
  /// piece with the one before it is taken for the same.
  private(set) var isOld = false

  /// A request's head has come in whole.
  func headCame() {
    if !lineEnd.isEmpty { isOld = lineEnd.starts(with: "HTTP/1.0".utf8) }
    isAwaitingHead = false
    headStart = nil
  }

  /// A request has come in whole; what follows is another.
  func requestEnded() {
    isAwaitingHead = true
    isFirstLine = true
    lineLength = 0
    lineEnd = []
  }

  /// From now on what comes is thrown away.
  func drain() { isDraining = true }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isDraining else { return }
    if isAwaitingHead {
      if headStart == nil { headStart = .now() }
      if isFirstLine { measure(unwrapInboundIn(data)) }
      // Method, spaces and version are 30 bytes at most.
      if lineLength > limits.address + 30 {
        context.fireErrorCaught(AddressTooLong())
        return
      }
    }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.fireChannelReadComplete()
    // Nobody beyond asks for more any longer.
    if isDraining { context.read() }
  }

  private func measure(_ buffer: ByteBuffer) {
    let bytes = buffer.readableBytesView
    if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
      keep(bytes[..<end])
      isFirstLine = false
    } else {
      keep(bytes)
    }
  }

  private func keep(_ bytes: ByteBufferView) {
    lineLength += bytes.count
    // The version and a carriage return.
    lineEnd = (lineEnd + bytes.suffix(9)).suffix(9)
  }
}
