import Git
import HTTPClient
import RemoteReporting
import Terminal
import SystemSupport
import Registry
import SystemPackage
import TestSupport
import Testing

@Suite struct CredentialTests {
  let server: OddServer
  let notes: FilePath

  init() throws {
    server = try OddServer()
    notes = try scratchDirectory().appending("notes")
  }

  /// A helper that gives the passwords one after the other, and notes what it is asked and told.
  private func registry(_ passwords: String...) throws -> ConfiguredRegistry {
    let helper = """
      !f() { echo "$1" >>'\(notes.text)'; if [ "$1" = get ]; then cat >'\(notes.text).in'
      n=$(grep -c get '\(notes.text)'); set -- none \(passwords.joined(separator: " ")); shift "$n"
      if [ -z "$1" ]; then echo quit=1; else echo username=me; echo password="$1"; fi; else cat >>'\(notes.text).in'; fi; }; f
      """
    return try ConfiguredRegistry([
      ("credential.helper", helper.split(separator: "\n").joined(separator: "; "))
    ])
  }

  private func client(_ registry: ConfiguredRegistry) throws -> HTTPClient {
    try HTTPClient(registry.settings(server.url))
  }

  private func told() throws -> [Substring] {
    String(decoding: try Files.read(notes), as: UTF8.self).split(separator: "\n")
  }

  @Test func aKeyIsAskedForWhenTheServiceWantsOneAndKept() throws {
    let client = try client(registry("right"))
    #expect(try client.send(HTTPRequest("GET", "/echo")).status == 200)
    // Even what creates goes again: who was not let in has done nothing.
    #expect(try client.send(HTTPRequest("POST", "/auth/right")).status == 200)
    #expect(try client.send(HTTPRequest("GET", "/auth/right")).status == 200)
    #expect(try server.authorizations() == ["", "", "Bearer right", "Bearer right"])
    #expect(try told() == ["get", "store"])
    let question = String(decoding: try Files.read(FilePath(notes.text + ".in")), as: UTF8.self)
    #expect(question.contains("protocol=http\nhost=127.0.0.1:\(server.port)\n"))
  }

  @Test func aWrongOneIsForgottenAndAnotherTried() throws {
    let client = try client(registry("old", "right"))
    #expect(try client.send(HTTPRequest("GET", "/auth/right")).status == 200)
    #expect(try told() == ["get", "erase", "get", "store"])
  }

  @Test func twoWrongOnesAreEnough() throws {
    let client = try client(registry("old", "older", "right"))
    #expect(try client.send(HTTPRequest("GET", "/auth/right")).status == 401)
    #expect(try told() == ["get", "erase", "get", "erase"])
  }

  @Test func aHelperThatKnowsOnlyTheWrongOneIsNotAskedForEver() throws {
    let client = try client(registry("old", "old", "old"))
    #expect(try client.send(HTTPRequest("GET", "/auth/right")).status == 401)
    #expect(try told() == ["get", "erase", "get"])
  }

  @Test func whoKnowsNoneIsToldWhatToDo() throws {
    let failure = #expect(throws: HTTPFailure.self) {
      try client(registry()).send(HTTPRequest("POST", "/auth/right"))
    }
    guard case .notSent(.noKey)? = failure else { return #expect(Bool(false)) }
    let sentence = failure?.failure.message ?? ""
    #expect(sentence.contains("asks for a key") && sentence.contains("DEV_INFRA_API_KEY"))
  }

  @Test func manyAtOnceAskButOnce() throws {
    var statuses: [Int] = []
    try client(registry("right")).send(
      (0..<20).map { _ in HTTPRequest("GET", "/auth/right") }, atOnce: 5
    ) { statuses.append(try $1.get().status) }
    #expect(statuses == Array(repeating: 200, count: 20))
    #expect(try told() == ["get", "store"])
  }

  @Test func aGivenKeyIsSentAtOnceAndNobodyAsked() throws {
    let client = try HTTPClient(
      registry("right").with(remote: server.url).settings(
        server.url, environment: ["DEV_INFRA_API_KEY": "given"]))
    #expect(try client.send(HTTPRequest("GET", "/auth/given")).status == 200)
    #expect(try client.send(HTTPRequest("GET", "/auth/right")).status == 401)
    #expect(Files.kind(of: notes) == nil)
  }

  @Test func aServerThatTakesOnlyBasicIsSentTheUserNameToo() throws {
    let client = try client(registry("right"))
    #expect(try client.send(HTTPRequest("GET", "/basic/me:right")).status == 200)
    #expect(try server.authorizations() == ["", "Basic bWU6cmlnaHQ="])
    #expect(try told() == ["get", "store"])
  }

  @Test func extraHeadersGoToTheServiceAndAreNoKeyWhereThereIsOne() throws {
    let registry = try registry("right")
    for (key, value) in [
      ("http.extraHeader", "X-Dropped: 1"), ("http.extraHeader", ""), ("http.extraHeader", "X-All: 1"),
      ("http.https://other.example/.extraHeader", "X-Other: 1"),
      ("http.\(server.url).extraHeader", "Authorization: Bearer mine"),
    ] { _ = try GitProgram(.person, gitDirectory: registry.path).run(["config", "--add", key, value]) }
    let client = try client(registry)
    let answer = try JSON.parse(client.send(HTTPRequest("GET", "/auth/mine")).body)
    #expect(answer["headers"]?["x-all"]?.string == "1")
    #expect(answer["headers"]?["x-dropped"] == nil && answer["headers"]?["x-other"] == nil)
    // One that the server does not take gives way to what the helpers have.
    #expect(try client.send(HTTPRequest("GET", "/auth/right")).status == 200)
    #expect(try server.authorizations() == ["Bearer mine", "Bearer mine", "Bearer right"])
  }

  @Test func aGivenKeyThatCannotBeSentIsRefusedAndNotShown() throws {
    let registry = try registry().with(remote: server.url)
    let failure = #expect(throws: HTTPFailure.self) {
      try registry.settings(server.url, environment: ["DEV_INFRA_API_KEY": "given\r\nX: y"])
    }
    #expect(failure?.failure.message.contains("given") == false)
  }

  @Test func aKeyPrintsAsStars() throws {
    let key = try #require(Secret("given"))
    var settings = try server.settings()
    settings.key = key
    #expect("\(key) \(String(reflecting: key))" == "*** ***")
    var dumped = ""
    dump(settings, to: &dumped)
    #expect(!dumped.contains("given"))
  }
}
