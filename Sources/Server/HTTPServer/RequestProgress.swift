import NIOCore

/// How far a connection has come with its requests and answers.
struct RequestProgress {
  /// The most bytes that the body may have which is coming in.
  private(set) var limit = Int.max
  /// How much of that body has come.
  var received = 0
  /// Whether a body is coming in.
  private(set) var isReading = false
  /// Whether an answer is going out.
  private(set) var isAnswering = false
  /// Requests without a whole answer, the one that is coming in included.
  private(set) var pending = 0
  /// When anything last began or ended.
  private(set) var lastChange = NIODeadline.now()
  private var bodyStart = NIODeadline.now()

  /// Whether there is no request.
  var isIdle: Bool { pending == 0 }

  mutating func begin(limit: Int) {
    self.limit = limit
    received = 0
    isReading = true
    pending += 1
    lastChange = .now()
    bodyStart = lastChange
  }

  mutating func endRequest() {
    isReading = false
    lastChange = .now()
  }

  mutating func beginAnswer() { isAnswering = true }

  mutating func endAnswer() {
    isAnswering = false
    pending = max(0, pending - 1)
    lastChange = .now()
  }

  /// Whether the body that is coming in should have come by now.
  func isLate(_ now: NIODeadline, _ limits: ConnectionLimits) -> Bool {
    isReading && limits.isTooSlow(received, in: Double((now - bodyStart).nanoseconds) / 1e9)
  }

  /// Whether the server should have begun to answer by now.
  func isUnanswered(_ now: NIODeadline, _ limits: ConnectionLimits) -> Bool {
    pending > 0 && !isReading && !isAnswering && now >= lastChange + .seconds(limits.answerTime)
  }
}

/// Notices a client that takes nothing of what is sent to it, or too little.
struct WriteStall {
  private var written = 0
  private var buffered = 0
  private var since = NIODeadline.now()
  private var last = NIODeadline.now()
  /// How long there has been something to send.
  private var waited = 0.0

  /// So many bytes more are to be sent.
  mutating func begin(_ bytes: Int) { written += bytes }

  /// Whether there has been something to send for too long, and nothing of it went out, or not enough.
  mutating func isStalled(_ channel: any Channel, _ now: NIODeadline, _ limits: ConnectionLimits) -> Bool {
    let waiting = (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    if waiting == 0 {
      (written, waited) = (0, 0)
    } else if buffered > 0 {
      waited += Double((now - last).nanoseconds) / 1e9
    }
    last = now
    if waiting == 0 || waiting != buffered {
      buffered = waiting
      since = now
    }
    guard waiting > 0 else { return false }
    return now >= since + .seconds(limits.stallTime)
      || limits.isTooSlow(max(0, written - waiting), in: waited)
  }
}

extension TimeAmount {
  /// So many seconds, of which parts count.
  static func seconds(_ seconds: Double) -> TimeAmount { .nanoseconds(Int64(seconds * 1e9)) }
}
