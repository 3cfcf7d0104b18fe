import Git
import HookSetup
import SystemSupport
import ByteStrings
import SystemPackage

extension Diagnosis {
  /// The oldest git that the toolset works with.
  static let leastGit = GitVersion(output: "git version 2.32")

  /// - Returns: git's version; nil where there is none.
  mutating func checkVersions(_ libraries: [(name: String, version: String)]) -> GitVersion? {
    report.state(.versions, "dev-infra", ToolsetVersion.number)
    report.state(.versions, "system", Host.system)
    for (name, version) in libraries { report.state(.versions, name, version) }
    var program = GitProgram(outsideRepositories: .foreign)
    // It reads no settings, and so is not asked with any.
    program.options = []
    program.timeLimit = 10
    guard let output = (try? program.output(["version"])) ?? nil else {
      report.find(.error, .versions, .gitMissing)
      return nil
    }
    let text = ByteText.string(from: output)
    let words = text.split(whereSeparator: \.isWhitespace).dropFirst(2).joined(separator: " ")
    report.state(.versions, "git", words)
    guard let version = GitVersion(output: text) else { return nil }
    if let least = Self.leastGit, version < least {
      report.find(.error, .versions, .gitTooOld(found: words, least: least))
    }
    return version
  }

  mutating func checkPlaces() {
    report.state(.places, "prefix", surroundings.prefix?.text)
    report.state(.places, "exec-path", surroundings.executables?.text)
    report.state(.places, "registry", surroundings.registry?.text)
    report.state(.places, "cache", surroundings.registry?.appending("cache").text)
    checkExecutables()
    if let path = surroundings.given(Environment.forgottenTemporaryDirectory) {
      report.find(.warning, .places, .temporaryDirectory(path))
    }
  }

  private mutating func checkExecutables() {
    guard let folder = surroundings.executables else { return }
    if let list = surroundings.prefix?.pushing("share/dev-infra/command-list"),
      let bytes = try? Files.read(list, limit: 1 << 20)
    {
      var missing = ByteText.string(from: bytes).split(at: "\n").compactMap { line -> String? in
        let fields = line.split(at: "\t", omittingEmptySubsequences: false)
        guard fields.count > 1, fields[1] != "guide" else { return nil }
        let name = String(fields[0])
        // These two are in the dispatcher.
        guard !["dev-infra-help", "dev-infra-version"].contains(name) else { return nil }
        return Files.isExecutable(folder.appending(name)) ? nil : name
      }
      let server = Set(ToolsetParts.serverCommands.map { "dev-infra-\($0)" })
      if server.isSubset(of: missing) {
        // All of it: it was left out, and nothing is broken.
        report.state(.places, "server", "not installed")
        missing.removeAll { server.contains($0) }
      }
      if !missing.isEmpty { report.find(.error, .places, .executablesMissing(missing, in: folder)) }
    }
    let ours = surroundings.prefix?.pushing("bin/dev-infra")
    // The dispatcher puts its own folder first, where there is no `dev-infra`.
    let first = program(named: "dev-infra")
    guard let ours, Files.kind(of: ours) == .file else { return }
    guard let first else { return report.find(.note, .places, .notOnPath(ours)) }
    if !Files.isSame(first, ours) {
      report.find(.warning, .places, .otherInstallation(first, own: ours))
    }
  }

  /// The program of this name that comes first on `PATH`.
  func program(named name: String) -> FilePath? {
    (surroundings.given("PATH") ?? "").split(at: ":").lazy.map { FilePath(text: String($0)).appending(name) }
      .first { Files.kind(of: $0) == .file && Files.isExecutable($0) }
  }

  /// Variables that change what commands do. Some hold secrets: only that they are set is said.
  mutating func checkVariables() {
    let set = Self.variables.filter { surroundings.given($0) != nil }
    report.state(.settings, "variables", set.isEmpty ? nil : set.joined(separator: " "))
  }

  private static let variables =
    [
      "DEV_INFRA_DIR", "DEV_INFRA_API_KEY", "DEV_INFRA_HOOKS", "DEV_INFRA_LOCK_TIMEOUT",
      "DEV_INFRA_PICKER", "DEV_INFRA_TRACE", "GIT_ALLOW_PROTOCOL", "GIT_ASKPASS", "GIT_CEILING_DIRECTORIES",
      "GIT_CONFIG_COUNT", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_PARAMETERS",
      "GIT_CONFIG_SYSTEM", "GIT_EXEC_PATH", "GIT_PROXY_COMMAND", "GIT_SSH", "GIT_SSH_COMMAND",
      "GIT_SSL_NO_VERIFY", "GIT_TERMINAL_PROMPT", "GNUPGHOME", "SSH_ASKPASS", "TMPDIR", "XDG_CONFIG_HOME",
      "XDG_DATA_HOME", "NO_COLOR",
    ]
    + ["http_proxy", "https_proxy", "all_proxy", "no_proxy"].flatMap { [$0, $0.uppercased()] }
}
