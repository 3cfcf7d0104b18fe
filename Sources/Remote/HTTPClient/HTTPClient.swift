import ByteStrings
import CCurl
import SystemSupport

/// Speaks HTTP with one service, over libcurl, as git does: proxies, certificates and their settings mean the same.
///
/// One thread; several requests at once by libcurl's multi interface. Connections are kept for the next call.
/// A signal that ``Interruption`` watches for ends a call at once.
public final class HTTPClient {
  private let settings: HTTPSettings
  private let keys: KeyHolder
  private let proxyLogin: ProxyLogin?
  private let multi: UnsafeMutableRawPointer

  /// A client; nothing is connected to yet.
  public init(_ settings: HTTPSettings) throws(HTTPFailure) {
    try Curl.start()
    guard let multi = curl_multi_init() else { throw .notSent(.noMemory) }
    self.multi = multi
    self.settings = settings
    keys = KeyHolder(settings)
    proxyLogin = settings.proxyCredential.map { ProxyLogin($0) }
  }

  deinit { curl_multi_cleanup(multi) }

  /// Sends one request, and again where that is safe and may help; see ``send(_:atOnce:each:)``.
  ///
  /// - Returns: the answer, whatever its status.
  public func send(_ request: HTTPRequest) throws(HTTPFailure) -> HTTPResponse {
    var answer: Result<HTTPResponse, HTTPFailure>?
    do {
      try send([request], atOnce: 1) { answer = $1 }
    } catch {
      throw error as? HTTPFailure ?? .unanswered(.system("\(error)"))
    }
    guard let answer else { throw .unanswered(.notBegun) }
    return try answer.get()
  }

  /// Sends requests, over at most `atOnce` connections, in no certain order.
  ///
  /// What may be repeated is sent again, after growing pauses, when the connection broke or the answer is 429, 502, 503 or
  /// 504; what may not be is, only where nothing of it can have left. `Retry-After` is heeded, up to a limit.
  ///
  /// - Parameter each: takes the answer of each request, by its index, as they come; when it throws, what is on its way is
  ///   dropped, and the error passed on.
  /// - Throws: what `each` throws, and `SystemError` with `EINTR` after a signal.
  public func send(
    _ requests: [HTTPRequest], atOnce: Int, each: (Int, Result<HTTPResponse, HTTPFailure>) throws -> Void
  ) throws {
    var queue = JobQueue(requests.indices.map { Job(index: $0, url: url(requests[$0].url)) })
    var running: [UnsafeMutableRawPointer: Transfer] = [:]
    defer { for handle in running.keys { curl_multi_remove_handle(multi, handle) } }
    _ = dev_infra_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, max(atOnce, 1))

    while !queue.isEmpty || !running.isEmpty {
      try Interruption.check()
      while running.count < max(atOnce, 1), let job = queue.next(Clock.monotonicSeconds) {
        do throws(HTTPFailure) {
          let transfer = try start(job, requests[job.index])
          running[transfer.handle] = transfer
          Trace.report(.sent(method: requests[job.index].method, url: job.url))
        } catch {
          try each(job.index, .failure(error))
        }
      }
      var active: Int32 = 0
      curl_multi_perform(multi, &active)
      while let (handle, code) = nextEnded() {
        guard let transfer = running.removeValue(forKey: handle) else { continue }
        curl_multi_remove_handle(multi, handle)
        let request = requests[transfer.job.index]
        Trace.report(
          .answered(
            method: request.method, url: transfer.job.url, status: code == CURLE_OK ? transfer.status : nil,
            seconds: transfer.age))
        switch RetryDecision(transfer, code, request, settings, keys, proxyLogin) {
        case .done(let result): try each(transfer.job.index, result)
        case .again(let job, let due, let pausesAll):
          queue.again(job, due: due)
          if pausesAll { queue.pausedUntil = max(queue.pausedUntil, due) }
        }
      }
      wait(
        running.count < max(atOnce, 1) ? queue.delay(Clock.monotonicSeconds) : nil, isIdle: running.isEmpty)
    }
  }

  /// A path below the service's becomes a whole URL.
  private func url(_ text: String) -> String {
    text.begins(with: "/") ? settings.service.origin + settings.service.path + text : text
  }

  private func start(_ job: Job, _ request: HTTPRequest) throws(HTTPFailure) -> Transfer {
    let target = try ServiceURL(job.url)
    // The user's identity, and what their configuration adds, go to the service alone.
    let isOwn = target.origin == settings.service.origin
    let transfer = try Transfer(
      job, request, authorization: isOwn ? keys.authorization : .none,
      extraHeaders: isOwn ? settings.extraHeaders : [], proxyLogin: proxyLogin?.ask(), settings)
    let code = curl_multi_add_handle(multi, transfer.handle)
    guard code == CURLM_OK else {
      throw .notSent(.library(.request, said: String(cString: curl_multi_strerror(code))))
    }
    return transfer
  }

  private func nextEnded() -> (UnsafeMutableRawPointer, CURLcode)? {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
      return (handle, message.pointee.data.result)
    }
    return nil
  }

  /// Waits for something to come, for `delay` seconds at most, or for a signal.
  private func wait(_ delay: Double?, isIdle: Bool) {
    if isIdle && delay == nil { return }
    // Our own clocks are looked at about once a second, and more often where less is allowed.
    let longest = min(delay ?? 1, max(0.01, (settings.silenceTimeout ?? 4) / 4), 1)
    var bell = curl_waitfd(fd: Interruption.descriptor, events: Int16(CURL_WAIT_POLLIN), revents: 0)
    curl_multi_poll(multi, &bell, bell.fd < 0 ? 0 : 1, Int32((longest * 1000).rounded(.up)), nil)
  }
}
