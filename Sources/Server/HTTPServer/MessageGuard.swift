import ByteStrings
import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Bounds what a connection may take, and answers what is beyond with the status that HTTP has for it.
///
/// It stands between the HTTP codec and the server, so that it sees whatever comes in and goes out, and can answer
/// where no request gets through to the server. Every answer gets its security headers here.
final class MessageGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limits: ConnectionLimits
  private let watch: RequestLineLimiter
  private let table: ConnectionTable
  private let number: Int
  private let isTooMany: Bool
  private let ready: (any ReadyAnswers)?
  private let logger: Logger
  private var progress = RequestProgress()
  private let start = NIODeadline.now()
  private var hasHeard = false
  /// What of the memory for bodies this connection has.
  private var reserved = 0
  private var isClosing = false
  /// The requests without a whole answer, in their order: whether each wants no body in its answer, no other answer after
  /// it, or to be told that there may be one. A client may send the next one as soon as it has seen the last byte that it waits for, which can be before
  /// the end of that answer is written.
  private var requests: [(isHead: Bool, isLast: Bool, isKept: Bool)] = []
  private var lingerEnd: NIODeadline?
  private var ticking: Scheduled<Void>?
  private var stall = WriteStall()
  /// The answer to the request that is coming in, where it is ready.
  private var readyAnswer: ReadyAnswer?
  /// Answers of which the system has not taken all yet.
  private var unsent = 0
  /// Whether the server is ending, and whether this connection ends once these are out.
  private var isQuiescing = false
  private var isEnding = false

  /// - Parameters:
  ///   - number: the connection's in the table.
  ///   - isTooMany: whether this is a connection beyond the limit, which hears just that.
  ///   - ready: the answers that need no server.
  init(
    _ limits: ConnectionLimits, _ watch: RequestLineLimiter, _ table: ConnectionTable, number: Int,
    isTooMany: Bool, ready: (any ReadyAnswers)?, logger: Logger
  ) {
    self.limits = limits
    self.watch = watch
    self.table = table
    self.number = number
    self.isTooMany = isTooMany
    self.ready = ready
    self.logger = logger
  }

  func handlerAdded(context: ChannelHandlerContext) { schedule(context) }

  func handlerRemoved(context: ChannelHandlerContext) {
    ticking?.cancel()
    release()
  }

  func channelInactive(context: ChannelHandlerContext) {
    ticking?.cancel()
    context.fireChannelInactive()
  }

  private func release() {
    table.release(reserved)
    reserved = 0
  }

  // MARK: What comes in

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isClosing, !isEnding || readyAnswer != nil else { return }
    switch unwrapInboundIn(data) {
    case .head(var head):
      watch.headCame()
      hasHeard = true
      table.note(number, .receiving)
      // The options of a connection are a list, in which a proxy names others too; the server knows one word.
      let options = head.headerFields[values: .connection].flatMap { $0.lowercased().split(at: ",") }
        .map { String($0.filter { $0 != " " && $0 != "\t" }) }
      if options.contains("close") { head.headerFields[.connection] = "close" }
      // In HTTP/1.0 a connection ends with its answer unless both sides say that it does not.
      let isKept = watch.isOld && options.contains("keep-alive")
      requests.append((head.method == .head, watch.isOld && !isKept, isKept))
      let target = RequestTarget(head.path ?? "")
      progress.begin(limit: limits.body(for: target?.path ?? ""))
      if let refusal = refusal(of: head, target) { return refuse(context, refusal) }
      head.path = target?.path
      if watch.isOld, head.authority?.isEmpty ?? true {
        // HTTP/1.0 knows no Host, and no browser speaks it.
        head.authority = "localhost"
      }
      if !watch.isOld, head.headerFields[.expect]?.lowercased() == "100-continue" {
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
      }
      if isPlain(head, options), context.channel.isWritable {
        readyAnswer = ready?.answer(to: head, from: context.remoteAddress)
        if readyAnswer != nil { return }
      }
      context.fireChannelRead(wrapInboundOut(.head(head)))
      return
    case .body(let buffer):
      progress.received += buffer.readableBytes
      if progress.received > progress.limit { return refuse(context, .contentTooLarge) }
      // What goes to git goes to files.
      if progress.limit == limits.body {
        guard table.reserve(buffer.readableBytes) else { return refuse(context, .tooMuchAtOnce) }
        reserved += buffer.readableBytes
      }
    case .end:
      watch.requestEnded()
      progress.endRequest()
      table.note(number, .answering)
      if let readyAnswer {
        self.readyAnswer = nil
        return give(readyAnswer, context)
      }
    }
    context.fireChannelRead(data)
  }

  /// Whether a request that has just come in asks for no more than to be shown something, by a connection that has nothing
  /// else under way.
  private func isPlain(_ head: HTTPRequest, _ options: [String]) -> Bool {
    head.method == .get && !watch.isOld && options.isEmpty && progress.pending == 1
      && [.contentLength, .transferEncoding, .expect].allSatisfy { head.headerFields[$0] == nil }
  }

  private func refusal(of head: HTTPRequest, _ target: RequestTarget?) -> EdgeRefusal? {
    if isTooMany { return .tooManyConnections }
    if head.path?.utf8.count ?? 0 > limits.address { return .uriTooLong }
    if target == nil { return .notFound }
    if let length = head.headerFields[.contentLength], Int(length) ?? .max > progress.limit {
      return .contentTooLarge
    }
    return nil
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !isClosing else { return }
    switch error {
    case is AddressTooLong: refuse(context, .uriTooLong)
    case HTTPParserError.headerOverflow: refuse(context, .headersTooLarge)
    case HTTPParserError.invalidEOFState where progress.isIdle: context.close(promise: nil)
    case is HTTPParserError: refuse(context, .malformed)
    default:
      // The codec's own, for a head that HTTP has no such thing as; and what the system says of the connection.
      if error is IOError || error is ChannelError {
        context.fireErrorCaught(error)
      } else {
        refuse(context, .malformed)
      }
    }
  }

  // MARK: What goes out

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if isClosing {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(var head):
      if head.status.kind != .informational {
        progress.beginAnswer()
        SecurityHeaders.add(to: &head)
        // What is still to come of the request is not waited for.
        if isCutShort {
          head.headerFields[.connection] = "close"
        } else if requests.first?.isKept ?? false {
          head.headerFields[.connection] = "keep-alive"
        }
      }
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body(let buffer):
      stall.begin(buffer.readableBytes)
      context.write(data, promise: promise)
    case .end:
      let isCutShort = isCutShort
      if !requests.isEmpty { requests.removeFirst() }
      progress.endAnswer()
      if progress.pending == 0 {
        release()
        table.note(number, .idle)
      }
      unsent += 1
      let sent = promise ?? context.eventLoop.makePromise()
      sent.futureResult.assumeIsolatedUnsafeUnchecked().whenComplete { [self] _ in
        unsent -= 1
        endIfSent(context)
      }
      context.write(data, promise: sent)
      if isCutShort {
        context.flush()
        linger(context)
      }
    }
  }

  /// Whether the connection ends with the answer that is going out: the client wants that, or is still sending what it is
  /// the answer to, and not the next request.
  private var isCutShort: Bool {
    requests.first?.isLast ?? false || progress.isReading && requests.count <= 1
  }

  /// Gives an answer in the server's place.
  private func give(_ answer: ReadyAnswer, _ context: ChannelHandlerContext) {
    let head = HTTPResponse(status: .ok, headerFields: answer.fields)
    write(context: context, data: wrapOutboundOut(.head(head)), promise: nil)
    write(context: context, data: wrapOutboundOut(.body(answer.body)), promise: nil)
    write(context: context, data: wrapOutboundOut(.end(nil)), promise: nil)
    context.flush()
  }

  /// Ends a connection. When the server is ending, that waits until the client has all of its answers, which closing would cut
  /// off.
  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard mode == .all, isQuiescing, !isClosing, unsent > 0 || readyAnswer != nil else {
      return context.close(mode: mode, promise: promise)
    }
    isEnding = true
    context.channel.closeFuture.cascade(to: promise)
  }

  private func endIfSent(_ context: ChannelHandlerContext) {
    if isEnding, unsent == 0, readyAnswer == nil, !isClosing { linger(context) }
  }

  // MARK: Refusing

  /// Answers in the server's place and ends the connection.
  ///
  /// The server hears of it as an error, so that it does not take what it has of the body for the whole.
  private func refuse(_ context: ChannelHandlerContext, _ refusal: EdgeRefusal) {
    let address = context.channel.remoteAddress?.ipAddress ?? "-"
    logger.info("refused a request from \(address): \(refusal.status.code) \(refusal.text)")
    // Behind an answer that has begun, or before the answer to an earlier request, there is no place for one.
    if !progress.isAnswering, progress.pending <= 1 {
      var head = HTTPResponse(status: refusal.status, headerFields: refusal.fields)
      head.headerFields[.connection] = "close"
      SecurityHeaders.add(to: &head)
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      if !(requests.last?.isHead ?? false) {
        context.write(wrapOutboundOut(.body(refusal.body)), promise: nil)
      }
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      linger(context)
    } else {
      isClosing = true
      context.close(promise: nil)
    }
    context.fireErrorCaught(refusal)
  }

  /// Closes the connection once the client has had a chance to read its answer: were it closed with bytes unread, the
  /// system would reset it, and the answer would be lost.
  private func linger(_ context: ChannelHandlerContext) {
    isClosing = true
    lingerEnd = .now() + .seconds(limits.lingerTime)
    watch.drain()
    context.close(mode: .output, promise: nil)
    context.read()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if isClosing, event as? ChannelEvent == .inputClosed {
      context.close(promise: nil)
    } else {
      if event is ChannelShouldQuiesceEvent { isQuiescing = true }
      context.fireUserInboundEventTriggered(event)
    }
  }

  // MARK: Time

  private func schedule(_ context: ChannelHandlerContext) {
    ticking = context.eventLoop.assumeIsolatedUnsafeUnchecked().scheduleTask(in: .seconds(limits.tick)) {
      self.look(context)
      if context.channel.isActive { self.schedule(context) }
    }
  }

  private func look(_ context: ChannelHandlerContext) {
    let now = NIODeadline.now()
    if let lingerEnd {
      if now >= lingerEnd { context.close(promise: nil) }
    } else if isClosing {
      return
    } else if isTooMany, !hasHeard, now >= start + .seconds(limits.lingerTime) {
      context.close(promise: nil)
    } else if let start = watch.headStart, now >= start + .seconds(limits.headTime) {
      refuse(context, .requestTimeout)
    } else if !hasHeard, watch.headStart == nil,
      now >= start + .seconds(min(limits.headTime, limits.idleTime))
    {
      // TLS that never ends, or a connection made for nothing.
      context.close(promise: nil)
    } else if progress.isLate(now, limits) {
      refuse(context, .requestTimeout)
    } else if progress.isUnanswered(now, limits) {
      refuse(context, .slow)
    } else if progress.isIdle, watch.headStart == nil, now >= progress.lastChange + .seconds(limits.idleTime)
    {
      context.close(promise: nil)
    } else if stall.isStalled(context.channel, now, limits) {
      logger.info("closed a connection that took too little of its answer")
      context.close(promise: nil)
    }
  }
}
