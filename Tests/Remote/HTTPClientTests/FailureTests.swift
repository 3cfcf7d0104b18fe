import HTTPClient
import RemoteReporting
import Terminal
import Testing

@Suite struct FailureTests {
  let server: OddServer

  init() throws { server = try OddServer() }

  private func failure(_ path: String, _ change: (inout HTTPSettings) -> Void = { _ in }) throws
    -> HTTPFailure?
  {
    var settings = try server.settings()
    settings.retries = 0
    change(&settings)
    return #expect(throws: HTTPFailure.self) {
      try HTTPClient(settings).send(HTTPRequest("GET", path))
    }
  }

  private func unanswered(_ failure: HTTPFailure?, _ words: String) {
    guard let failure, case .unanswered = failure else {
      return #expect(Bool(false), "\(String(describing: failure))")
    }
    let sentence = failure.failure.message
    #expect(sentence.hasPrefix("GET of \(server.url)/"))
    #expect(sentence.contains(words), "\(sentence)")
  }

  private func notSent(_ failure: HTTPFailure?, _ words: String) {
    guard let failure, case .notSent = failure else {
      return #expect(Bool(false), "\(String(describing: failure))")
    }
    let sentence = failure.failure.message
    #expect(sentence.contains(words), "\(sentence)")
  }

  @Test func halfAnAnswerIsNone() throws { unanswered(try failure("/half"), "try again") }

  @Test(arguments: ["/silent", "/stall"])
  func silenceHasAnEnd(_ path: String) throws {
    unanswered(
      try failure(path) { $0.silenceTimeout = 0.5 },
      "the server said nothing for 1 seconds; 'dev-infra config dev-infra.timeout")
    #expect(try server.log().count == 1)
  }

  @Test func whatSpeaksSlowlyIsHeard() throws {
    var settings = try server.settings()
    settings.silenceTimeout = 2
    let answer = try HTTPClient(settings).send(HTTPRequest("GET", "/trickle"))
    #expect(answer.body == Array("xxxxxxxxxxxx".utf8))
  }

  @Test func whatSpeaksTooSlowlyToEndIsNot() throws {
    unanswered(
      try failure("/trickle") {
        $0.silenceTimeout = 0.4
        $0.rateGrace = 1
      }, "the answer comes too slowly to end; 'dev-infra config dev-infra.timeout")
  }

  @Test func anAnswerMayNotBeTooLarge() throws {
    unanswered(try failure("/large") { $0.answerLimit = 1_000_000 }, "larger than the 1000000 bytes")
    // Unpacked it is.
    unanswered(try failure("/gzip") { $0.answerLimit = 50_000 }, "larger than the 50000 bytes")
    unanswered(try failure("/header-flood"), "larger")
  }

  @Test func aHostThatDoesNotExistIsNotReached() throws {
    notSent(
      try failure("/echo") { settings in
        if let service = try? ServiceURL("http://no-such-host.invalid") { settings.service = service }
      }, "GET of http://no-such-host.invalid/echo failed: ")
  }

  @Test(arguments: [
    "ftp://example.org/", "file:///etc/passwd", "example.org", "https://", "http://a b/", "gopher://x/",
    "http://example.org:99999/", "-o", "", "http://example.org/\u{7}",
  ])
  func otherURLsAreRefused(_ url: String) {
    let failure = #expect(throws: HTTPFailure.self) { try ServiceURL(url) }
    notSent(failure, "the URL '")
  }

  @Test func aPasswordInAURLIsRefusedAndNotShown() {
    let failure = #expect(throws: HTTPFailure.self) { try ServiceURL("https://me:hunter2@example.org/") }
    notSent(failure, "has a password in it")
    #expect(failure?.failure.message.contains("hunter2") == false)
  }

  @Test func nothingIsSmuggledIntoTheHeader() throws {
    let client = try server.client()
    for (name, value) in [("X", "1\r\nY: 2"), ("X\nY", "1")] {
      #expect(throws: HTTPFailure.self) {
        try client.send(HTTPRequest("GET", "/echo", headers: [(name, value)]))
      }
    }
    #expect(throws: HTTPFailure.self) { try client.send(HTTPRequest("GET /x HTTP/1.1\r\nA:", "/echo")) }
    #expect(try server.log().isEmpty)
    #expect(Secret("key\r\nX: y") == nil)
  }
}
