import Git
import HTTPClient
import SystemSupport
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
    // Nothing of the user who runs the tests: no helper of theirs, no proxy.
    for (key, value) in [("credential.helper", ""), ("http.proxy", "")] + settings {
      _ = try GitProgram(.person, gitDirectory: path).run(["config", "--add", key, value])
    }
  }

  /// The same with the service as a remote.
  func with(remote url: String) throws -> Self {
    let name = "r\(Host.randomHex(4))"
    _ = try GitProgram(.person, gitDirectory: path).run(["config", "remote.\(name).url", "work-prod::\(url)"])
    return self
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

  @Test func takesWhatElseGitHasForConnections() throws {
    let registry = try ConfiguredRegistry([
      ("http.cookieFile", "/cookies"), ("http.sslVersion", "tlsv1.2"), ("http.sslCipherList", "HIGH"),
      ("http.proxyAuthMethod", "basic"), ("remote.wp.proxyAuthMethod", "digest"),
    ])
    let settings = try registry.settings("https://one.example")
    #expect(settings.cookieFile == "/cookies" && settings.ciphers == "HIGH")
    #expect(settings.tlsVersion == .tls12 && settings.proxyAuthentication == .basic)
    #expect(try registry.settings("https://one.example", remote: "wp").proxyAuthentication == .digest)
    let given = try registry.settings(
      "https://one.example", environment: ["GIT_SSL_VERSION": "tlsv1.3", "GIT_HTTP_PROXY_AUTHMETHOD": "ntlm"])
    #expect(given.tlsVersion == .tls13 && given.proxyAuthentication == .ntlm)
    #expect(try ConfiguredRegistry([]).settings("https://one.example").proxyAuthentication == .any)
  }

  @Test(arguments: [
    ("http://service.example", 1), ("https://service.example", 0), ("http://127.0.0.1:5000", 0),
    ("http://[::1]", 0), ("http://localhost", 0), ("http://127.0.0.1.example", 1),
  ])
  func aKeyThatGoesInTheClearIsWarnedOf(_ url: String, _ count: Int) throws {
    let registry = try ConfiguredRegistry([]).with(remote: url)
    #expect(try registry.settings(url, environment: ["DEV_INFRA_API_KEY": "k"]).warnings.count == count)
    #expect(try registry.settings(url).warnings.isEmpty)
  }

  @Test func aKeyGoesToTheServiceItWasGivenForAndToNoOther() throws {
    let key = ["DEV_INFRA_API_KEY": "k"]
    let registry = try ConfiguredRegistry([("remote.other.url", "https://elsewhere.example/x.git")])
    // Whatever is not a remote of the registry: a URL of an entry, a port or a scheme besides.
    #expect(try registry.settings("https://one.example", environment: key).key == nil)
    _ = try registry.with(remote: "https://one.example/api")
    let taken = try registry.settings("https://one.example", environment: key)
    #expect(taken.key != nil && taken.warnings.isEmpty)
    for url in [
      "https://one.example:8443", "http://one.example", "https://two.example", "https://one.example.evil",
      "https://elsewhere.example",
    ] {
      let settings = try registry.settings(url, environment: key)
      #expect(settings.key == nil && settings.warnings.count == 1, "\(url)")
      guard case .keyNotSent? = settings.warnings.first else { return #expect(Bool(false), "\(url)") }
    }
    // With two services nobody can tell which of them is meant, until somebody says so.
    _ = try registry.with(remote: "https://two.example:8443/api")
    #expect(try registry.settings("https://one.example", environment: key).key == nil)
    _ = try GitProgram(.person, gitDirectory: registry.path).run([
      "config", "dev-infra.apiKeyHost", "Two.example:8443",
    ])
    #expect(try registry.settings("https://one.example", environment: key).key == nil)
    #expect(try registry.settings("https://two.example:8443", environment: key).key != nil)
    #expect(try registry.settings("https://one.example").warnings.isEmpty)
  }
}
