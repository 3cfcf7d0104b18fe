import ArgumentParser
import CommandLineTool
import Listing
import RegistryIndex
import RegistryReporting
import RegistryStore
import Terminal

struct Archive: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra archive", abstract: "Classify projects as archived.",
    usage: "dev-infra archive [--quiet] [--dry-run] \(ProjectOperands.usage)")

  @Flag(name: .shortAndLong, help: "Print nothing.")
  var quiet = false
  @Flag(name: [.customShort("n"), .long], help: "Print what would be archived, and change nothing.")
  var dryRun = false
  @OptionGroup var projects: ProjectOperands

  func execute() throws -> Int32 {
    let edits = [try FieldEdit("classification=archive")]
    let store = try RegistryStore.ofEnvironment()
    // All are found before any is changed.
    let rows = try projects.rows(in: store.view())
    try FieldChange(edits: edits, done: "archived", wouldDo: "would archive").make(
      of: rows, in: store, dryRun: dryRun, quiet: quiet)
    return ExitStatus.success
  }
}
