import HTTPClient
import RemoteReporting
import Terminal
import Registry
import Testing

@Suite struct RetryTests {
  let server: OddServer

  init() throws { server = try OddServer() }

  private func send(_ method: String, _ path: String) throws -> HTTPResponse {
    try server.client().send(HTTPRequest(method, path))
  }

  @Test(arguments: [429, 502, 503, 504])
  func tryingAgainHelpsAgainstABusyServer(_ status: Int) throws {
    #expect(try send("GET", "/flaky/a/3/\(status)").status == 200)
    #expect(try server.log().count == 4)
  }

  @Test func thereIsAnEndToIt() throws {
    #expect(try send("PATCH", "/status/503").status == 503)
    #expect(try server.log().count == 5)
  }

  @Test(arguments: [400, 404, 409, 500, 501])
  func otherAnswersAreFinal(_ status: Int) throws {
    #expect(try send("GET", "/status/\(status)").status == status)
    #expect(try server.log().count == 1)
  }

  @Test(arguments: [429, 502, 503, 504])
  func whatCreatesIsNotSentAgain(_ status: Int) throws {
    #expect(try send("POST", "/flaky/a/1/\(status)").status == status)
    #expect(try server.log() == ["POST /flaky/a/1/\(status)"])
  }

  @Test(arguments: ["before", "inside"])
  func aBrokenConnectionIsMadeAnew(_ place: String) throws {
    #expect(try send("PATCH", "/cut/a/2/\(place)").status == 200)
    #expect(try server.log().count == 3)
  }

  @Test(arguments: ["/cut/a/1/before", "/cut/a/1/inside", "/half", "/silent"])
  func whetherItWasCreatedIsNotKnownAfterABrokenConnection(_ path: String) throws {
    let client = try HTTPClient(server.settings(silence: 1))
    let failure = #expect(throws: HTTPFailure.self) { try client.send(HTTPRequest("POST", path)) }
    guard case .unanswered = failure else { return #expect(Bool(false), "\(String(describing: failure))") }
    #expect(try server.log() == ["POST \(path)"])
  }

  /// libcurl by itself would send it a second time.
  @Test func whatCreatesGoesOverAConnectionOfItsOwn() throws {
    let client = try server.client()
    #expect(try client.send(HTTPRequest("GET", "/die")).status == 200)
    #expect(try client.send(HTTPRequest("POST", "/echo")).status == 200)
    #expect(try server.log() == ["GET /die", "POST /echo"])
  }

  @Test func whatDoesNotMindGoesOverTheOldOne() throws {
    let client = try server.client()
    #expect(try client.send(HTTPRequest("GET", "/die")).status == 200)
    #expect(try client.send(HTTPRequest("PATCH", "/echo")).status == 200)
    #expect(try server.log() == ["GET /die", "PATCH /echo", "PATCH /echo"])
  }

  @Test func doesAsRetryAfterSaysButNotForHours() throws {
    #expect(try send("GET", "/flaky/a/1/503/0").status == 200)
    let waits = try send("GET", "/flaky/b/1/503/3600")
    #expect(waits.status == 503)
    #expect(waits.header("retry-after") == "3600")
    #expect(try server.log().count == 3)
  }

  @Test func oneThatIsRefusedIsTriedAgainEvenIfItCreates() throws {
    // Nothing listens on port 1 of loopback.
    var settings = try server.settings("http://127.0.0.1:1")
    settings.retries = 2
    let failure = #expect(throws: HTTPFailure.self) {
      try HTTPClient(settings).send(HTTPRequest("POST", "/echo"))
    }
    guard let failure, case .notSent(.failed(_, .library(.notConnected, _))) = failure else {
      return #expect(Bool(false))
    }
    let sentence = failure.failure.message
    #expect(sentence.hasPrefix("POST of http://127.0.0.1:1/echo failed: "))
    #expect(sentence.contains("check that the service runs there"))
  }
}
