import Hummingbird
import Platform
import Records
import ServerKeys
import SystemPackage

/// The environment of `git http-backend`: CGI's variables (RFC 3875), and settings that no configuration overrides.
struct GitEnvironment: Sendable {
  private let registry: FilePath
  private let settings: [(String, String)]

  init(registry: FilePath, hooks: FilePath, inputLimit: Int) {
    self.registry = registry
    settings = [
      // The server has opened it, with whatever the user's configuration says of other people's directories. By its name
      // it would not do: git's services start in the directory, and know it as `.`.
      ("safe.directory", "*"),
      ("http.uploadpack", "true"), ("http.getanyfile", "false"),
      // Other branches, and what was fetched from remotes, are the server's own.
      ("transfer.hideRefs", "refs"), ("transfer.hideRefs", "!refs/heads/main"),
      // main is moved by our hook, under the registry's lock and by its rules.
      ("receive.procReceiveRefs", "refs/heads/main"), ("core.hooksPath", hooks.text),
      ("receive.fsckObjects", "true"), ("receive.maxInputSize", String(inputLimit)),
      ("receive.autogc", "false"), ("gc.auto", "0"), ("core.fsync", "all"),
    ]
  }

  /// The variables for a request; nothing of this process's own environment but what is named here.
  func variables(
    for request: Request, _ service: GitService, isAdvertisement: Bool,
    bearer: (name: String, access: KeyAccess), address: String?
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
    ]
    // The settings are this file's: hooks of ours are what moves main.
    for case (let name, let value?) in Platform.GitEnvironment.registry.variables { variables[name] = value }
    for name in [
      "PATH", "HOME", "TMPDIR", "DEV_INFRA_EXEC_PATH", "DEV_INFRA_LOCK_TIMEOUT", "LD_LIBRARY_PATH",
    ] {
      variables[name] = Environment[name]
    }
    if !isAdvertisement { variables["CONTENT_TYPE"] = "application/x-\(service.rawValue)-request" }
    if let length = request.headers[.contentLength], let length = Int(length), length >= 0 {
      variables["CONTENT_LENGTH"] = String(length)
    }
    if let encoding = request.headers[.contentEncoding], ["gzip", "x-gzip"].contains(encoding) {
      variables["HTTP_CONTENT_ENCODING"] = encoding
    }
    if let version = request.headers[.gitProtocol], version.utf8.count <= 100,
      version.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    {
      variables["GIT_PROTOCOL"] = version
    }
    let own = [("http.receivepack", bearer.access == .readWrite ? "true" : "false")]
    for (index, setting) in (settings + own).enumerated() {
      variables["GIT_CONFIG_KEY_\(index)"] = setting.0
      variables["GIT_CONFIG_VALUE_\(index)"] = setting.1
    }
    variables["GIT_CONFIG_COUNT"] = String(settings.count + own.count)
    return variables
  }
}
