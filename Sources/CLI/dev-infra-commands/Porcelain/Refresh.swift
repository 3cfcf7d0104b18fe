import ArgumentParser
import CommandLineTool
import Listing
import Terminal
import RegistryReporting
import SystemSupport
import ByteStrings
import Registry
import RegistryStore
import RegistryIndex

struct Refresh: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra refresh", abstract: "Read the projects of this machine again.",
    usage: "dev-infra refresh [--prune] [--quiet] \(ProjectOperands.usage)")

  @Flag(help: "Drop directories that are gone and were not found elsewhere.")
  var prune = false
  @Flag(name: .shortAndLong, help: "Print only what failed.")
  var quiet = false
  @OptionGroup var projects: ProjectOperands

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let view = try store.view()
    // Ids on standard input may be of projects that are not there any more.
    let isPiped = projects.choice.stdin
    let rows =
      projects.isEmpty
      ? view.rows
      : try projects.rows(
        in: view, claiming: { isPiped && ProjectID($0) != nil && view.row(id: $0) == nil })
    let (findings, warnings) = try store.refresh(rows, of: view, prune: prune)
    for warning in warnings { Messages.warning(warning.sentence) }
    var output = Output()
    var status = ExitStatus.success
    for finding in findings {
      switch finding {
      case .updated(let name, let path):
        if !quiet { try output.line("updated \(Quoting.visible(name)) (\(path.visible))") }
      case .moved(let name, let from, let to):
        if !quiet { try output.line("moved \(Quoting.visible(name)) (\(from.visible) -> \(to.visible))") }
      case .missing(let name, let path, dropped: true):
        if !quiet { try output.line("dropped \(Quoting.visible(name)) (\(path.visible))") }
      case .missing(let name, let path, dropped: false):
        Messages.error("\(Quoting.visible(name)) is gone from \(path.visible)")
        status = ExitStatus.no
        if !quiet {
          Messages.hint(
            "'dev-infra refresh --prune' drops what is gone; 'dev-infra register DIR' tells where it is now")
        }
      case .failed(let name, _, let reason):
        Messages.error(.refreshing(name, reason))
        status = ExitStatus.no
      }
    }
    try output.flush()
    return status
  }
}
