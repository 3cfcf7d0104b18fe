import Diagnosis
import DiagnosisReporting
import SystemPackage
import SystemSupport
import Terminal
import TestSupport
import Registry
import RegistryReporting
import Testing

@Suite("A report")
struct ReportTests {
  /// Of a machine that has nothing but a file that others may read.
  private func report() throws -> (report: Report, home: FilePath) {
    let home = try scratchDirectory()
    try Files.replace(home.appending(".netrc"), with: Array("machine h password s3cret\n".utf8))
    try Files.setMode(of: home.appending(".netrc"), to: 0o644)
    let surroundings = Surroundings(
      executables: nil, home: home, registry: home.appending(".dev-infra"), now: Clock.nowMilliseconds
    ) { ["DEV_INFRA_API_KEY": "s3cret", "PATH": "/usr/bin:/bin", "SHELL": "/bin/bash"][$0] }
    return (Diagnosis.run(surroundings, versions: [("libx", "1.2")], delegate: TerminalDelegate()), home)
  }

  @Test("has what was found, the worst first, and is not sound for a warning")
  func findings() throws {
    let (report, _) = try report()
    #expect(!report.isSound)
    #expect(report.sorted.first?.problem.code == "secrets-open")
    #expect(report.findings.contains { $0.problem.code == "no-registry" && $0.severity == .note })
    #expect(report.facts.contains { $0.check == .versions && $0.name == "libx" && $0.value == "1.2" })
  }

  @Test("says of secrets only that there are some")
  func secrets() throws {
    let (report, home) = try report()
    let json = String(decoding: report.json.canonical, as: UTF8.self)
    #expect(!json.contains("s3cret"))
    let text = report.lines(width: 80, home: home.text, paint: { text, _ in text }).joined(separator: "\n")
    #expect(!text.contains("s3cret"))
    #expect(text.contains("DEV_INFRA_API_KEY"))
    #expect(text.contains("~/.netrc"))
  }

  @Test("fits into the terminal", arguments: [20, 40, 60, 80, 200])
  func width(width: Int) throws {
    let (report, home) = try report()
    for line in report.lines(width: width, home: home.text, paint: { text, _ in text }) {
      #expect(DisplayWidth.of(line) <= width, "\(line)")
    }
  }
}
