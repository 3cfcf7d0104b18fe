import HTTPClient
import Registry
import Testing

@Suite struct AnswerTests {
  let server: OddServer
  let client: HTTPClient

  init() throws {
    server = try OddServer()
    client = try server.client()
  }

  @Test func sendsWhatWasGivenAndTakesTheAnswer() throws {
    let answer = try client.send(
      HTTPRequest("PATCH", "/echo?a=b", headers: [("X-Odd", "yes")], body: Array("{\"ü\":1}".utf8)))
    #expect(answer.status == 200)
    #expect(answer.header("content-TYPE") == "application/json")
    let seen = try JSON.parse(answer.body)
    #expect(seen["method"] == .string("PATCH"))
    #expect(seen["target"] == .string("/echo?a=b"))
    #expect(seen["body"] == .string("{\"ü\":1}"))
    #expect(seen["headers"]?["x-odd"] == .string("yes"))
    #expect(seen["headers"]?["content-type"] == .string("application/json"))
    #expect(seen["headers"]?["user-agent"]?.string?.hasPrefix("dev-infra/") == true)
    #expect(seen["headers"]?["authorization"] == nil)
  }

  @Test func sendsLargeBodiesAndEmptyOnes() throws {
    let large = [UInt8](repeating: UInt8(ascii: "x"), count: 3_000_000)
    let seen = try JSON.parse(client.send(HTTPRequest("POST", "/echo", body: large)).body)
    #expect(seen["body"]?.string?.utf8.count == large.count)
    #expect(seen["headers"]?["expect"] == nil)
    let empty = try JSON.parse(client.send(HTTPRequest("PUT", "/echo", body: [])).body)
    #expect(empty["headers"]?["content-length"] == .string("0"))
  }

  @Test(arguments: ["GET", "PUT", "POST", "PATCH", "DELETE"])
  func hasEveryMethod(_ method: String) throws {
    let seen = try JSON.parse(client.send(HTTPRequest(method, "/echo")).body)
    #expect(seen["method"] == .string(method))
  }

  @Test func takesTheHeaderAlone() throws {
    let answer = try client.send(HTTPRequest("HEAD", "/status/200"))
    #expect(answer.status == 200)
    #expect(answer.body.isEmpty)
  }

  @Test func joinsPiecesAndUnpacks() throws {
    #expect(try client.send(HTTPRequest("GET", "/chunked")).body == Array("[1, 2]".utf8))
    let unpacked = try client.send(HTTPRequest("GET", "/gzip")).body
    #expect(unpacked.count == 100_002)
    #expect(unpacked.last == UInt8(ascii: "]"))
  }

  @Test func anAnswerWithAnyStatusIsAnAnswer() throws {
    let refusal = try client.send(HTTPRequest("POST", "/status/409"))
    #expect(refusal.status == 409)
    #expect(refusal.summary == "409, \"as you wished\"")
  }

  @Test func ofAPageOnlyTheTitleIsShownAndNothingThatSteersATerminal() throws {
    let page = try client.send(HTTPRequest("POST", "/status/502/html"))
    #expect(page.body.count > 5000)
    #expect(page.summary == "502, \"502 Bad \\033[31mGateway\"")
  }

  @Test func keepsAServicesPath() throws {
    let client = try HTTPClient(server.settings(server.url + "/echo/sub/"))
    let seen = try JSON.parse(client.send(HTTPRequest("GET", "/api")).body)
    #expect(seen["target"] == .string("/echo/sub/api"))
  }
}
