import Git
public import SystemSupport
import ByteStrings
public import SystemPackage

extension HTTPSettings {
  /// The settings that git would use for this URL: `http.proxy`, `http.sslCAInfo` and their like, also those below
  /// `http.<url>.*`, the remote's proxy, and the environment's `GIT_SSL_*` (git-config(1)); the key of `DEV_INFRA_API_KEY`,
  /// else, when the service asks for one, what the user's netrc file or git's credential helpers have; and
  /// `dev-infra.timeout` for silence.
  ///
  /// - Parameters:
  ///   - url: the service's.
  ///   - registry: the repository whose configuration counts.
  ///   - remote: the remote's name, where it has one.
  ///   - environment: the value of a variable of the environment.
  /// - Throws: ``HTTPFailure`` for a URL or key that cannot be used, `GitError` where git's configuration cannot be read.
  public static func ofGit(
    _ url: String, registry: FilePath, remote: String? = nil,
    environment: (String) -> String? = { Environment[$0] }
  ) throws -> HTTPSettings {
    var settings = HTTPSettings(try ServiceURL(url))
    let service = settings.service
    let git = GitProgram(.transport, gitDirectory: registry)
    // Of a name alone, `http`, git prints every variable with the value that counts for the URL.
    let http = try values(
      git, ["config", "-z", "--get-urlmatch", "http", service.origin + service.path + "/"])
    let configured = try entries(
      git,
      [
        "config", "-z", "--get-regexp",
        "^(remote\\..*\\.(proxy|proxyauthmethod|url)|dev-infra\\.(timeout|apikeyhost)|http\\.(.*\\.)?extraheader)$",
      ])
    let other = Dictionary(configured) { $1 }

    settings.proxy = remote.flatMap { other["remote.\($0).proxy"] } ?? http["http.proxy"]
    if let (proxy, named) = (settings.proxy ?? ProxyURL.ofEnvironment(service.scheme, environment))
      .flatMap(ProxyURL.withoutUser)
    {
      settings.proxy = proxy
      settings.proxyCredential = GitCredential(named, git)
    }
    let method =
      environment("GIT_HTTP_PROXY_AUTHMETHOD") ?? remote.flatMap { other["remote.\($0).proxyauthmethod"] }
      ?? http["http.proxyauthmethod"]
    settings.proxyAuthentication = method.flatMap { ProxyAuthentication(rawValue: $0) } ?? .any
    settings.extraHeaders = try extraHeaders(configured, for: service)
    settings.cookieFile = path(http["http.cookiefile"])
    settings.tlsVersion = (environment("GIT_SSL_VERSION") ?? http["http.sslversion"])
      .flatMap { TLSVersion(rawValue: $0) }
    settings.ciphers = environment("GIT_SSL_CIPHER_LIST") ?? http["http.sslcipherlist"]
    settings.caFile = environment("GIT_SSL_CAINFO") ?? path(http["http.sslcainfo"])
    settings.caPath = environment("GIT_SSL_CAPATH") ?? path(http["http.sslcapath"])
    settings.clientCertificate = environment("GIT_SSL_CERT") ?? path(http["http.sslcert"])
    settings.clientKey = environment("GIT_SSL_KEY") ?? path(http["http.sslkey"])
    settings.pinnedKey = http["http.pinnedpubkey"]
    settings.staysWithHTTP1 = http["http.version"] == "HTTP/1.1"
    settings.slowLimit = number(environment("GIT_HTTP_LOW_SPEED_LIMIT") ?? http["http.lowspeedlimit"]) ?? 0
    settings.slowTime = number(environment("GIT_HTTP_LOW_SPEED_TIME") ?? http["http.lowspeedtime"]) ?? 0
    if let seconds = number(other["dev-infra.timeout"]) {
      settings.silenceTimeout = seconds == 0 ? nil : Double(seconds)
      settings.connectTimeout = seconds == 0 ? nil : Double(seconds)
    }
    if let delay = number(environment("DEV_INFRA_TEST_RETRY_DELAY")) {
      settings.retryDelay = Double(delay) / 1000
    }
    if environment("GIT_SSL_NO_VERIFY") != nil || isFalse(http["http.sslverify"]) {
      settings.verifiesCertificates = false
      if service.scheme == "https" {
        settings.warnings.append(.certificateNotChecked(host: service.authority))
      }
    }
    try settings.takeKey(environment("DEV_INFRA_API_KEY"), git, other)
    settings.usesNetrc =
      settings.key == nil
      && environment("HOME").map { Files.kind(of: FilePath(text: $0).appending(".netrc")) == .file } ?? false
    return settings
  }

  /// A key of the environment was given for a service, and not for whatever URL there is: it goes to the remotes that a
  /// person has configured, and where those are several services to the one that `dev-infra.apiKeyHost` names.
  private func isKeyGiven(_ configured: [String: String]) -> Bool {
    let origins = Set(
      configured.filter { $0.key.begins(with: "remote.") && $0.key.ends(with: ".url") }.compactMap { _, url in
        url.begins(with: "work-prod::")
          ? try? ServiceURL(String(url.dropFirst("work-prod::".count))).origin : nil
      })
    guard origins.contains(service.origin) else { return false }
    if let host = configured["dev-infra.apikeyhost"] { return host.lowercased() == service.authority }
    return origins.count == 1
  }

  private mutating func takeKey(
    _ given: String?, _ git: GitProgram, _ configured: [String: String]
  ) throws(HTTPFailure) {
    var given = given
    if given?.isEmpty == false, !isKeyGiven(configured) {
      given = nil
      warnings.append(.keyNotSent(host: service.authority))
    }
    if let given, !given.isEmpty {
      guard let secret = Secret(given) else {
        throw .notSent(.unsendableKey)
      }
      key = secret
      if service.scheme == "http", !service.isLoopback {
        warnings.append(.keyUnencrypted(host: service.authority))
      }
    } else {
      credential = GitCredential(service, git)
    }
  }

  /// What `http.extraHeader` and `http.<url>.extraHeader` have for a service: all that fit, and an empty one takes back those
  /// before it.
  ///
  /// Which of them fit is git's affair: it is asked of each with those before it, as `--get-urlmatch` tells of the last only.
  private static func extraHeaders(
    _ configured: [(String, String)], for service: ServiceURL
  ) throws -> [Secret] {
    let given = configured.filter { $0.0.begins(with: "http.") }.prefix(extraHeaderLimit)
    var headers: [Secret] = []
    for (index, (_, value)) in given.enumerated() {
      var git = GitProgram(outsideRepositories: .transport)
      git.environment = [
        "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/dev/null", "XDG_CONFIG_HOME": "/dev/null",
        "GIT_CONFIG_GLOBAL": nil, "GIT_CONFIG_SYSTEM": nil, "GIT_CONFIG_PARAMETERS": nil,
      ]
      let numbered = given.prefix(index + 1).enumerated().map { ($1.0, String($0)) }
      git.environment.merge(GitEnvironment.carrying(numbered).mapValues { $0 }) { $1 }
      let url = service.origin + service.path + "/"
      let last = try git.output(["config", "--get-urlmatch", "http.extraHeader", url])
      guard let last, String(decoding: last, as: UTF8.self) == "\(index)\n" else { continue }
      guard !value.isEmpty else {
        headers = []
        continue
      }
      guard let header = Secret(value) else {
        throw HTTPFailure.notSent(.unsendableExtraHeader)
      }
      headers.append(header)
    }
    return headers
  }

  /// Of more than so many the rest is left out: each takes a run of git.
  private static let extraHeaderLimit = 64

  /// What `git config -z` prints: key, newline, value; of a key given twice the last counts.
  private static func values(_ git: GitProgram, _ arguments: [String]) throws(GitError) -> [String: String] {
    Dictionary(try entries(git, arguments)) { $1 }
  }

  private static func entries(
    _ git: GitProgram, _ arguments: [String]
  ) throws(GitError) -> [(String, String)] {
    var entries: [(String, String)] = []
    for record in try git.output(arguments)?.split(separator: 0) ?? [] {
      let key = record.prefix { $0 != UInt8(ascii: "\n") }
      // A key without `=` is true, and has no newline behind it.
      let value = key.count == record.count ? "true" : ByteText.string(from: record.dropFirst(key.count + 1))
      entries.append((ByteText.string(from: key), value))
    }
    return entries
  }

  private static func number(_ text: String?) -> Int? {
    text.flatMap { Int($0) }.flatMap { $0 >= 0 && $0 <= 1_000_000_000 ? $0 : nil }
  }

  private static func isFalse(_ text: String?) -> Bool {
    guard let text else { return false }
    return ["false", "no", "off", "0", ""].contains(text.lowercased())
  }

  /// A file's name as git takes it: `~/` is the home directory.
  private static func path(_ text: String?) -> String? {
    guard let text, text.begins(with: "~/"), let home = Environment.home else { return text }
    return home.appending(String(text.dropFirst(2))).text
  }
}
