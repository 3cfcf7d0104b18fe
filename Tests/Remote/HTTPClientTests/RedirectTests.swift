import HTTPClient
import RemoteReporting
import Terminal
import Registry
import Testing

@Suite struct RedirectTests {
  let server: OddServer
  let other: OddServer
  let client: HTTPClient

  init() throws {
    server = try OddServer()
    other = try OddServer()
    var settings = try server.settings()
    settings.key = Secret("open-sesame")
    client = try HTTPClient(settings)
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func elsewhereIsNotFollowedAndTheKeyStaysHere(_ status: Int) throws {
    let failure = #expect(throws: HTTPFailure.self) {
      try client.send(HTTPRequest("GET", "/redirect/\(status)?\(other.url)/echo"))
    }
    guard let failure, case .notSent(.redirected(_, _, .elsewhere)) = failure else {
      return #expect(Bool(false))
    }
    let sentence = failure.failure.message
    #expect(sentence.contains("redirects it to '\(other.url)/echo', which is elsewhere"))
    #expect(!sentence.contains("open-sesame"))
    #expect(try other.log().isEmpty)
    #expect(try server.authorizations() == ["Bearer open-sesame"])
  }

  @Test func theSameHostOnAnotherPortOrSchemeIsElsewhere() throws {
    for target in ["https://127.0.0.1:\(server.port)/echo", "http://127.0.0.1/echo", "//localhost/echo"] {
      #expect(throws: HTTPFailure.self) {
        try client.send(HTTPRequest("GET", "/redirect/302?\(target)"))
      }
    }
    #expect(try server.log().count == 3)
  }

  @Test func anotherPathIsFollowed() throws {
    let answer = try client.send(HTTPRequest("GET", "/redirect/301?/echo"))
    #expect(try JSON.parse(answer.body)["headers"]?["authorization"] == .string("Bearer open-sesame"))
  }

  @Test func whatChangesSomethingIsFollowedOnlyAsItIs() throws {
    let answer = try client.send(HTTPRequest("POST", "/redirect/308?/echo", body: Array("x".utf8)))
    #expect(try JSON.parse(answer.body)["body"] == .string("x"))
    #expect(throws: HTTPFailure.self) {
      try client.send(HTTPRequest("POST", "/redirect/302?/echo", body: Array("x".utf8)))
    }
  }

  @Test func aCircleIsLeft() throws {
    #expect(throws: HTTPFailure.self) { try client.send(HTTPRequest("GET", "/circle")) }
    #expect(try server.log().count == 6)
  }

  @Test func hostileTargetsAreShownHarmlessly() throws {
    let failure = #expect(throws: HTTPFailure.self) {
      try client.send(HTTPRequest("GET", "/redirect/302?https://me:hunter2@\(other.port).example/?token=abc"))
    }
    let sentence = failure?.failure.message ?? ""
    #expect(sentence.contains("redirects it to"))
    #expect(!sentence.contains("hunter2") && !sentence.contains("abc"))
  }
}
