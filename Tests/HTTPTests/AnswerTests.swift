import HTTP
import Registry
import Testing

@Suite struct AnswerTests {
  @Test func sendsWhatWasGivenAndTakesTheAnswer() throws {
    let server = try OddServer()
    let client = try server.client()
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
}
