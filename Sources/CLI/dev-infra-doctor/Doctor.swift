import ArgumentParser
import CommandLineTool
import Diagnosis
import DiagnosisReporting
import Git
import HTTPClient
import Metadata
import Registry
import RegistryReporting
import RegistryStore
import SystemSupport
import SystemPackage
import Terminal

@main
struct Doctor: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra doctor", abstract: "Look for what is wrong, and say what to do.",
    usage: "dev-infra doctor [--json] [--online] [--timeout <seconds>]")

  @Flag(help: "Print one JSON object.")
  var json = false
  @Flag(help: "Also ask the remotes whether they answer.")
  var online = false
  @Option(
    help: ArgumentHelp("With --online: seconds that a remote may stay silent.", valueName: "seconds"))
  var timeout: Int?

  func validate() throws {
    if timeout != nil, !online { throw ValidationError("--timeout goes with --online") }
    if let timeout, timeout < 1 { throw ValidationError("a timeout is a second or more") }
  }

  func execute() throws -> Int32 {
    var options = Diagnosis.Options()
    options.isOnline = online
    options.timeout = timeout
    let versions = [
      ("libgit2", LibGit2.version), ("libcurl", HTTPLibrary.version), ("libyaml", YAMLLibrary.version),
    ]
    let report = Diagnosis.run(
      .own, options: options, versions: versions.map { (name: $0.0, version: $0.1) },
      delegate: TerminalDelegate())
    var output = Output()
    if json {
      try output.write(report.json.canonical)
      try output.flush()
    } else {
      let isShown = Terminal.isTerminal(1)
      let hasColours = isShown && Colours.areWanted()
      let lines = report.lines(
        width: isShown ? Terminal.width ?? 80 : 100, home: Environment.home?.text,
        paint: { text, colour in hasColours ? Self.painted(text, colour) : text })
      // Every part of it was made safe to show, with colours between.
      try output.draw(lines.map { $0 + "\n" }.joined())
    }
    return report.isSound ? ExitStatus.success : ExitStatus.no
  }

  private static func painted(_ text: String, _ colour: ReportColour) -> String {
    let style: Colours.Style =
      switch colour {
      case .heading: .bold
      case .error: .red
      case .warning: .yellow
      case .note: .cyan
      }
    return Colours.styled(text, style)
  }
}
