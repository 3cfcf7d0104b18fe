import Git
import HTTP
import Platform
import Registry
import SystemPackage
import TestSupport
import Testing

/// A bare repository, whose configuration counts.
struct ConfiguredRegistry {
  let path: FilePath

  init(_ settings: [(String, String)]) throws {
    path = try scratchDirectory()
    _ = try GitProgram(.person, gitDirectory: path).run(["init", "-q", "--bare"])
    // Nothing of whoever runs the tests: no helper of theirs, no proxy.
    for (key, value) in [("credential.helper", ""), ("http.proxy", "")] + settings {
      _ = try GitProgram(.person, gitDirectory: path).run(["config", "--add", key, value])
    }
  }

  func settings(_ url: String, remote: String? = nil, environment: [String: String] = [:]) throws
    -> HTTPSettings
  {
    var settings = try HTTPSettings.ofGit(url, registry: path, remote: remote) { environment[$0] }
    settings.retryDelay = 0.01
    settings.connectTimeout = 30
    return settings
  }
}

@Suite struct GitSettingsTests {
  @Test func aProxyOfGitsIsUsed() throws {
    let proxy = try OddServer()
    let registry = try ConfiguredRegistry([("http.proxy", proxy.url)])
    let client = try HTTPClient(registry.settings("http://service.invalid"))
    #expect(try client.send(HTTPRequest("GET", "/echo")).status == 200)
    #expect(try proxy.log() == ["GET http://service.invalid/echo"])
  }

  @Test func aProxyMayBeForOneURLOrOneRemote() throws {
    let registry = try ConfiguredRegistry([
      ("http.proxy", "http://general"), ("http.https://one.example/.proxy", "http://one"),
      ("remote.wp.proxy", "http://remote"), ("remote.Other.proxy", ""),
    ])
    #expect(try registry.settings("https://two.example").proxy == "http://general")
    #expect(try registry.settings("https://one.example").proxy == "http://one")
    #expect(try registry.settings("https://one.example", remote: "wp").proxy == "http://remote")
    #expect(try registry.settings("https://one.example", remote: "Other").proxy == "")
    #expect(try registry.settings("https://one.example", remote: "wp2").proxy == "http://one")
  }

  @Test func takesWhatGitHasForCertificatesAndTimes() throws {
    let registry = try ConfiguredRegistry([
      ("http.sslCAInfo", "/general.pem"), ("http.https://one.example.sslCAInfo", "/one.pem"),
      ("http.https://bare.example.sslVerify", "false"), ("dev-infra.timeout", "7"),
    ])
    let one = try registry.settings("https://one.example/work")
    #expect(one.caFile == "/one.pem")
    #expect(one.verifiesCertificates && one.warnings.isEmpty)
    #expect(one.silenceTimeout == 7)
    #expect(try registry.settings("https://two.example").caFile == "/general.pem")
    let bare = try registry.settings("https://bare.example")
    #expect(!bare.verifiesCertificates)
    #expect(bare.warnings.count == 1)
    let given = try registry.settings(
      "https://one.example", environment: ["GIT_SSL_CAINFO": "/mine.pem", "GIT_SSL_NO_VERIFY": "1"])
    #expect(given.caFile == "/mine.pem")
    #expect(!given.verifiesCertificates && given.warnings.count == 1)
  }

  @Test(arguments: [
    ("http://service.example", 1), ("https://service.example", 0), ("http://127.0.0.1:5000", 0),
    ("http://[::1]", 0), ("http://localhost", 0), ("http://127.0.0.1.example", 1),
  ])
  func aKeyThatGoesInTheClearIsWarnedOf(_ url: String, _ count: Int) throws {
    let registry = try ConfiguredRegistry([])
    #expect(try registry.settings(url, environment: ["DEV_INFRA_API_KEY": "k"]).warnings.count == count)
    #expect(try registry.settings(url).warnings.isEmpty)
  }
}
