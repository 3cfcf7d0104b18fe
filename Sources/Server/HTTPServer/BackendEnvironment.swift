import SystemSupport
import ByteStrings
import APIKeys
import SystemPackage

/// The environment of `git http-backend`: CGI's variables (RFC 3875), and settings that no configuration overrides.
struct BackendEnvironment: Sendable {
  private let registry: FilePath
  private let settings: [(String, String)]
  private let takesPushes: Bool
  private let pushLimit: Int

  /// - Parameters:
  ///   - pushLimit: the most bytes that a push may have.
  ///   - takesPushes: whether the hooks are there without which nothing may be pushed.
  init(registry: FilePath, hooks: FilePath, pushLimit: Int, takesPushes: Bool) {
    self.takesPushes = takesPushes
    self.pushLimit = pushLimit
    self.registry = registry
    settings = [
      // The server has opened it, with whatever the user's configuration says of other people's directories. By its name
      // it would not do: git's services start in the directory, and know it as `.`.
      ("safe.directory", "*"),
      ("http.uploadpack", "true"), ("http.getanyfile", "false"),
      // Objects are given only by refs, not to every client that knows their names; see ``UploadPackRequest`` too.
      ("uploadpack.allowAnySHA1InWant", "false"), ("uploadpack.allowReachableSHA1InWant", "false"),
      ("uploadpack.allowTipSHA1InWant", "false"), ("uploadpack.allowFilter", "false"),
      ("uploadpack.allowRefInWant", "false"),
      // Whether a push is taken is decided while git keeps it apart; then main is moved by our hook, under the
      // registry's lock and by its rules.
      ("receive.procReceiveRefs", "refs/heads/main"), ("core.hooksPath", hooks.text),
      ("receive.fsckObjects", "true"), ("receive.maxInputSize", String(pushLimit)),
      ("receive.shallowUpdate", "false"), ("receive.autogc", "false"), ("gc.auto", "0"),
      ("core.fsync", "all"),
      // What no file of a registry has the size of goes through in pieces.
      ("core.bigFileThreshold", "1m"),
      // Memory is limited, and threads take theirs at a time.
      ("pack.threads", "1"), ("core.deltaBaseCacheLimit", "16m"), ("pack.deltaCacheSize", "32m"),
      ("pack.windowMemory", "32m"),
    ]
  }

  /// The variables for a request; nothing of this process's own environment but what is named here.
  func variables(
    for service: GitService, isAdvertisement: Bool,
    _ body: SpooledBody?, bearer: Bearer, address: String?
  ) -> [String: String] {
    var variables = [
      "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
      "GIT_TERMINAL_PROMPT": "0", "GIT_HTTP_EXPORT_ALL": "1", "GIT_PROJECT_ROOT": registry.text,
      "DEV_INFRA_DIR": registry.text, "GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1",
      "REQUEST_METHOD": isAdvertisement ? "GET" : "POST",
      "PATH_INFO": isAdvertisement ? "/info/refs" : "/\(service.rawValue)",
      "QUERY_STRING": isAdvertisement ? "service=\(service.rawValue)" : "",
      "REMOTE_USER": bearer.name.isEmpty ? "anonymous" : bearer.name,
      "REMOTE_ADDR": address ?? "unknown",
      // git says by this which object is too large, and ends.
      "GIT_ALLOC_LIMIT": "64m",
    ]
    // The settings are this file's: hooks of ours are what moves main.
    for case (let name, let value?) in GitEnvironment.registry.variables { variables[name] = value }
    for name in [
      "PATH", "HOME", "TMPDIR", "DEV_INFRA_EXEC_PATH", "DEV_INFRA_LOCK_TIMEOUT", "LD_LIBRARY_PATH",
    ] {
      variables[name] = Environment[name]
    }
    // Hooks write their trace beside the server's. What they write to stderr git sends to the client.
    let trace = Environment["DEV_INFRA_TRACE"]
    if case .file = TraceTarget(trace) { variables["DEV_INFRA_TRACE"] = trace }
    if !isAdvertisement { variables["CONTENT_TYPE"] = "application/x-\(service.rawValue)-request" }
    if let body { variables["CONTENT_LENGTH"] = String(body.count) }
    // `GIT_PROTOCOL` is left out: with version 2 of the protocol git gives every object that is asked for by name. For a
    // single branch it has no advantage over the first version.
    var own = [("http.receivepack", bearer.access == .readWrite && takesPushes ? "true" : "false")]
    // Of git's two programs that take a pack only the one that keeps it as a pack names the limit.
    if let body, body.count > pushLimit { own.append(("receive.unpackLimit", "1")) }
    // What machines say of their checkouts is for all of them. Other branches, and what was fetched from remotes, are the
    // server's own. A push of them has to reach the hook: git would refuse it and might keep what came with it.
    if service == .uploadPack || isAdvertisement {
      own += [
        ("transfer.hideRefs", "refs"), ("transfer.hideRefs", "!refs/heads/main"),
        ("transfer.hideRefs", "!refs/dev-infra/state"),
      ]
    }
    return variables.merging(GitEnvironment.carrying(settings + own)) { $1 }
  }
}
