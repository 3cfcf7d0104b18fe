import ByteStrings
import CCurl
import SystemSupport

/// One sending of one request: an easy handle of libcurl, and what came of it so far.
final class Transfer {
  /// Why we ended it ourselves.
  enum Ending { case silent, slow, tooLarge }

  let handle: UnsafeMutableRawPointer
  /// Where the request stands in the caller's list, how often it was sent before, and what it carried.
  let job: Job
  let authorization: Authorization
  /// Whether the connection stood and the first byte of the request may have left.
  fileprivate(set) var mayHaveBeenSent = false
  private(set) var ending: Ending?
  private(set) var body: [UInt8] = []
  private(set) var fields: [(name: String, value: String)] = []

  private var fieldsSize = 0
  private var last = Clock.monotonicSeconds
  /// When the first byte of the request may have left.
  private var sent = Clock.monotonicSeconds
  private let start = Clock.monotonicSeconds
  private var counted: (Int, Int) = (0, 0)
  private let answerLimit: Int
  private let silenceTimeout: Double?
  private let rateGrace: Double
  private let leastRate: Double
  private var headers: UnsafeMutablePointer<curl_slist>?
  private let message: UnsafeMutablePointer<CChar>

  /// All header fields of an answer together, in bytes.
  private static let fieldsLimit = 256 << 10

  init(
    _ job: Job, _ request: HTTPRequest, authorization: Authorization, extraHeaders: [Secret],
    proxyLogin: GitCredential.Filled?, _ settings: HTTPSettings
  ) throws(HTTPFailure) {
    guard let handle = curl_easy_init() else { throw .notSent(.noMemory) }
    self.handle = handle
    self.job = job
    self.authorization = authorization
    answerLimit = settings.answerLimit
    silenceTimeout = settings.silenceTimeout
    rateGrace = max(settings.rateGrace, 3 * (settings.silenceTimeout ?? 0))
    leastRate = settings.leastRate
    message = .allocate(capacity: Int(CURL_ERROR_SIZE))
    message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    try set(request, extraHeaders, settings)
    if let proxyLogin { try handle.set(proxyLogin: proxyLogin) }
    listen()
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_slist_free_all(headers)
    message.deallocate()
  }

  /// libcurl's own words on why it failed.
  func reason(_ code: CURLcode) -> String {
    let said = String(cString: message)
    return said.isEmpty ? String(cString: curl_easy_strerror(code)) : said
  }

  /// Seconds since it was made.
  var age: Double { Clock.monotonicSeconds - start }

  var status: Int { dev_infra_curl_get_long(handle, CURLINFO_RESPONSE_CODE) }

  /// Whether a proxy wants to know who asks: of a request that it would pass on, or of a tunnel through it.
  var isRefusedByProxy: Bool {
    status == 407 || dev_infra_curl_get_long(handle, CURLINFO_HTTP_CONNECTCODE) == 407
  }

  /// Where a redirect leads, as a whole URL.
  var redirection: String? {
    dev_infra_curl_get_text(handle, CURLINFO_REDIRECT_URL).map { String(cString: $0) }
  }

  private func set(
    _ request: HTTPRequest, _ extraHeaders: [Secret], _ settings: HTTPSettings
  ) throws(HTTPFailure) {
    _ = dev_infra_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, message)
    try handle.set(request: request, url: job.url)
    try handle.set(settings)
    var lines = request.headers.map { "\($0.name): \($0.value)" }
    if request.body != nil, !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      lines.append("Content-Type: application/json")
    }
    // No pause before a large body.
    lines.append("Expect:")
    if case .bearer(let key) = authorization { lines.append("Authorization: Bearer \(key.text)") }
    try handle.set(authorization, user: settings.service.user)
    lines += extraHeaders.map(\.text).filter {
      authorization == .none || !$0.lowercased().begins(with: "authorization:")
    }
    for line in lines {
      guard !line.utf8.contains(where: \.isControl), let more = curl_slist_append(headers, line)
      else {
        throw .notSent(.unsendableField)
      }
      headers = more
    }
    _ = dev_infra_curl_set_list(handle, CURLOPT_HTTPHEADER, headers)
  }

  private func listen() {
    let me = Unmanaged.passUnretained(self).toOpaque()
    _ = dev_infra_curl_set_pointer(handle, CURLOPT_PREREQDATA, me)
    _ = dev_infra_curl_set_before(handle) { me, _, _, _, _ in
      Transfer.of(me)?.mayHaveBeenSent = true
      Transfer.of(me)?.last = Clock.monotonicSeconds
      Transfer.of(me)?.sent = Clock.monotonicSeconds
      return 0
    }
    _ = dev_infra_curl_set_pointer(handle, CURLOPT_WRITEDATA, me)
    _ = dev_infra_curl_set_sink(handle, CURLOPT_WRITEFUNCTION) { bytes, _, count, me in
      Transfer.of(me)?.take(UnsafeRawBufferPointer(start: bytes, count: count)) == true ? count : 0
    }
    _ = dev_infra_curl_set_pointer(handle, CURLOPT_HEADERDATA, me)
    _ = dev_infra_curl_set_sink(handle, CURLOPT_HEADERFUNCTION) { bytes, _, count, me in
      Transfer.of(me)?.takeField(UnsafeRawBufferPointer(start: bytes, count: count)) == true ? count : 0
    }
    _ = dev_infra_curl_set_long(handle, CURLOPT_NOPROGRESS, 0)
    _ = dev_infra_curl_set_pointer(handle, CURLOPT_XFERINFODATA, me)
    _ = dev_infra_curl_set_progress(handle) { me, _, down, _, up in
      Transfer.of(me)?.goesOn(Int(down), Int(up)) == true ? 0 : 1
    }
  }

  private static func of(_ pointer: UnsafeMutableRawPointer?) -> Transfer? {
    pointer.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
  }

  private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    last = Clock.monotonicSeconds
    if body.count + bytes.count > answerLimit {
      ending = .tooLarge
      return false
    }
    body += bytes
    return true
  }

  private func takeField(_ bytes: UnsafeRawBufferPointer) -> Bool {
    last = Clock.monotonicSeconds
    fieldsSize += bytes.count
    if fieldsSize > Self.fieldsLimit {
      ending = .tooLarge
      return false
    }
    let line = String(decoding: bytes, as: UTF8.self)
    // Of several answers, as 100 has one before it, the last counts.
    if line.begins(with: "HTTP/") { fields = [] }
    guard let colon = line.firstIndex(at: ":") else { return true }
    let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
    let end = value.lastIndex { !$0.isWhitespace }.map { value.index(after: $0) } ?? value.startIndex
    fields.append((String(line[..<colon]), String(value[..<end])))
    return true
  }

  /// Called about once a second and whenever something moved.
  private func goesOn(_ down: Int, _ up: Int) -> Bool {
    guard let silenceTimeout, mayHaveBeenSent else { return true }
    let now = Clock.monotonicSeconds
    if counted != (down, up) {
      counted = (down, up)
      last = now
    }
    guard now - last < silenceTimeout else {
      ending = .silent
      return false
    }
    // A byte now and then is not silence, and would go on for ever.
    let time = now - sent
    let least = leastRate * time * (time / rateGrace)
    if time < rateGrace || Double(down + up + fieldsSize) >= least { return true }
    ending = .slow
    return false
  }
}
