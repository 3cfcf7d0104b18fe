import ByteStrings
import FeatureReporting
import RegistryReporting
import RegistryStore
import SystemPackage
import SystemSupport
import Templates
import Terminal

/// Shows what the making of a project tells of, and fills templates by `dev-infra-fill-template`.
struct NewProjectTerminal: NewProjectDelegate {
  private let registry = TerminalDelegate()

  func note(_ notice: RegistryNotice) { registry.note(notice) }
  func startMaintenance(of directory: FilePath) { registry.startMaintenance(of: directory) }
  func note(_ notice: TemplateNotice) { Messages.warning(notice.sentence) }

  func fillTemplate(_ source: FilePath, into target: FilePath, values: [String]) throws {
    let tool = try Environment.requireExecutablePath().appending("dev-infra-fill-template")
    let words = values.flatMap { ["--set", $0] } + ["--", source.text, target.text]
    let result = try ChildProcess(tool.text, words).run()
    switch result.termination {
    case .exited(0): return
    case .signalled(let signal):
      throw Failure.fatal(
        "filling the template \(source.visible) failed: dev-infra-fill-template was ended by signal \(signal)"
      )
    default:
      let said = ByteText.string(from: result.errors.prefix { $0 != UInt8(ascii: "\n") })
      throw Failure.fatal(
        said.begins(with: "fatal: ") ? String(said.dropFirst(7)) : "filling the template failed: \(said)",
        hints: "nothing has been made")
    }
  }
}
