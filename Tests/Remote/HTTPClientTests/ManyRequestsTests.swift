import HTTPClient
import Registry
import Testing

@Suite struct ManyRequestsTests {
  private struct Enough: Error {}

  @Test(arguments: [1, 4, 500])
  func eachHasItsAnswerOnce(_ atOnce: Int) throws {
    let server = try OddServer()
    var seen: [Int: JSON] = [:]
    let requests = (0..<200).map { HTTPRequest("GET", "/echo?\($0)") }
    try server.client().send(requests, atOnce: atOnce) { index, result in
      let target = try JSON.parse(result.get().body)["target"]
      #expect(seen.updateValue(target ?? .null, forKey: index) == nil)
    }
    #expect(seen == Dictionary(uniqueKeysWithValues: (0..<200).map { ($0, .string("/echo?\($0)")) }))
  }

  @Test func someMayFailAndTheOthersGoOn() throws {
    let server = try OddServer()
    let paths = ["/echo", "/half", "/flaky/a/1/503", "/cut/b/1/inside", "ftp://127.0.0.1/", "/silent"]
    var answers: [Int: Int] = [:]
    var failures: [Int: HTTPFailure] = [:]
    var settings = try server.settings(silence: 1)
    settings.retries = 1
    try HTTPClient(settings).send(paths.map { HTTPRequest("GET", $0) }, atOnce: 2) { index, result in
      switch result {
      case .success(let answer): answers[index] = answer.status
      case .failure(let failure): failures[index] = failure
      }
    }
    #expect(answers == [0: 200, 2: 200, 3: 200])
    #expect(failures.keys.sorted() == [1, 4, 5])
    guard case .notSent = failures[4] else { return #expect(Bool(false), "nothing is sent by ftp") }
  }

  @Test func stopsWhereTheCallerHasEnoughAndCanGoOnAfterwards() throws {
    let server = try OddServer()
    let client = try server.client()
    var count = 0
    #expect(throws: Enough.self) {
      try client.send((0..<100).map { _ in HTTPRequest("GET", "/echo") }, atOnce: 4) { _, _ in
        count += 1
        if count == 3 { throw Enough() }
      }
    }
    #expect(count == 3)
    #expect(try client.send(HTTPRequest("GET", "/echo")).status == 200)
  }

  @Test func noneIsNoWork() throws {
    let server = try OddServer()
    try server.client().send([], atOnce: 4) { _, _ in #expect(Bool(false)) }
    #expect(try server.log().isEmpty)
  }
}
