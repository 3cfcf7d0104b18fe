import Diagnosis
import DiagnosisReporting
import Registry
import RegistryReporting
import RegistryStore
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite("A report on a registry")
struct SettingsTests {
  /// Of a registry with these settings beside its own.
  private func report(_ settings: String = "") throws -> Report {
    let scratch = try Scratch(machine: "here")
    let registry = scratch.registry
    let store = try scratch.open()
    _ = try store.register([try scratch.repository("shop")], dryRun: false)
    let file = registry.appending("config")
    try Files.replace(file, with: try Files.read(file, limit: 1 << 20) + Array(settings.utf8))
    let surroundings = Surroundings(
      executables: nil, home: scratch.path, registry: registry, now: Clock.nowMilliseconds
    ) { ["PATH": "/usr/bin:/bin"][$0] }
    return Diagnosis.run(surroundings, versions: [], delegate: TerminalDelegate())
  }

  private func codes(_ report: Report, _ check: Check) -> [String] {
    report.findings.filter { $0.check == check }.map(\.problem.code)
  }

  @Test("finds nothing in its settings and files where nothing is wrong")
  func sound() throws {
    let report = try report("[dev-infra]\n\tstate = counts\n\tstateWait = 0.5\n\ttimeout = 0\n")
    #expect(codes(report, .settings).isEmpty)
    #expect(codes(report, .registry).isEmpty)
    #expect(report.facts.contains { $0.check == .settings && $0.value == "counts" })
  }

  @Test(
    "finds values that a setting cannot have",
    arguments: [
      "state = all", "state =", "stateWait = soon", "stateWait = -1", "stateWait = inf", "timeout = 1.5",
      "updateJobs = 0",
    ])
  func unusable(line: String) throws {
    let report = try report("[dev-infra]\n\t\(line)\n")
    #expect(codes(report, .settings) == ["setting-unusable"])
    #expect(!report.isSound)
  }

  @Test("finds a setting that there is not, and shows neither its value nor a secret in its key")
  func unknown() throws {
    let report = try report(
      "[dev-infra]\n\tsate = pa55\n[dev-infra \"https://ann:pa55@h.example/\"]\n\tinsteadof = https://x/\n\tother = 1\n"
    )
    #expect(codes(report, .settings) == ["setting-unknown", "setting-unknown"])
    #expect(!String(decoding: report.json.canonical, as: UTF8.self).contains("pa55"))
  }

  @Test("finds a directory to look in that is gone, and names that steer no terminal")
  func roots() throws {
    let report = try report("[dev-infra]\n\troots = \"/nowhere/\\t\\b[31m\"\n")
    #expect(codes(report, .settings) == ["root-gone"])
    let lines = report.lines(width: 80, home: nil, paint: { text, _ in text })
    #expect(lines.allSatisfy { line in line.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } })
  }

  @Test("says that what is nowhere else has no remote, and that a file is not a registry")
  func nowhere() throws {
    #expect(codes(try report(), .remotes) == ["no-remote"])
    let home = try scratchDirectory()
    try Files.replace(home.appending("file"), with: [0x78])
    let surroundings = Surroundings(
      executables: nil, home: home, registry: home.appending("file"), now: Clock.nowMilliseconds
    ) { _ in nil }
    let broken = Diagnosis.run(surroundings, versions: [], delegate: TerminalDelegate())
    #expect(broken.sorted.first?.severity == .error)
    #expect(!broken.isSound)
  }
}
