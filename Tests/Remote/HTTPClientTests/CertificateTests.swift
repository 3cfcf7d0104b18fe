import HTTPClient
import RemoteReporting
import Terminal
import SystemSupport
import SystemPackage
import TestSupport
import Testing

@Suite struct CertificateTests {
  let authority: FilePath
  let server: OddServer

  init() throws {
    let directory = try scratchDirectory()
    let script = """
      cd "$1" && openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Tests \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign &&
      openssl req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj /CN=localhost &&
      printf 'subjectAltName=DNS:localhost\\n' >names &&
      openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names \
        -out certificate.pem
      """
    try #require(
      try ChildProcess("sh", ["-c", script, "sh", directory.text]).run().termination == .exited(0))
    authority = directory.appending("ca.pem")
    server = try OddServer(
      certificate: directory.appending("certificate.pem"), key: directory.appending("key.pem"))
  }

  private func registry(_ more: [(String, String)] = []) throws -> ConfiguredRegistry {
    try ConfiguredRegistry([("http.sslCAInfo", authority.text)] + more)
  }

  private func status(_ registry: ConfiguredRegistry, host: String = "localhost") throws -> Int {
    let client = try HTTPClient(registry.settings("https://\(host):\(server.port)"))
    return try client.send(HTTPRequest("POST", "/echo")).status
  }

  @Test func anAuthorityOfOnesOwnIsTrustedWhereGitTrustsIt() throws {
    #expect(try status(registry()) == 200)
  }

  @Test func anUnknownAuthorityIsRefused() throws {
    let failure = #expect(throws: HTTPFailure.self) { try status(ConfiguredRegistry([])) }
    guard case .notSent(.failed(_, .library(.untrustedCertificate, _)))? = failure else {
      return #expect(Bool(false), "\(String(describing: failure))")
    }
    #expect(failure?.failure.message.contains("http.sslCAInfo") == true)
  }

  @Test func theCertificateOfAnotherHostIsRefused() throws {
    let failure = #expect(throws: HTTPFailure.self) { try status(registry(), host: "127.0.0.1") }
    guard case .notSent = failure else { return #expect(Bool(false)) }
  }

  @Test func onlyWhoSaysSoGoesWithoutAndIsWarned() throws {
    let registry = try registry([("http.sslVerify", "false")])
    #expect(try status(registry, host: "127.0.0.1") == 200)
    #expect(try registry.settings("https://127.0.0.1").warnings.count == 1)
  }

  @Test func plainHTTPOnATLSPortFailsAndTLSOnAPlainOne() throws {
    let plain = try OddServer()
    let registry = try registry()
    var settings = try registry.settings("https://localhost:\(plain.port)")
    // It waits for the end of a line that does not come.
    settings.connectTimeout = 1
    #expect(throws: HTTPFailure.self) { try HTTPClient(settings).send(HTTPRequest("POST", "/echo")) }
    #expect(throws: HTTPFailure.self) {
      try HTTPClient(registry.settings("http://localhost:\(server.port)")).send(HTTPRequest("POST", "/echo"))
    }
  }
}
