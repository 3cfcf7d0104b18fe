import ArgumentParser
import ByteStrings
import CommandLineTool
import Listing
import RegistryIndex
import RegistryReporting
import RegistryStore
import SystemSupport
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
    var output = Output()
    if dryRun {
      for row in try store.changed(edits, of: rows) {
        try output.line("would archive \(Quoting.visible(row.name))")
      }
    } else {
      let result = try store.set(edits, of: rows)
      if !quiet {
        for file in result.files { try output.line("changed \(file.visible)") }
        for row in rows {
          let word = result.changed.contains(row.id) ? "archived" : "unchanged"
          try output.line("\(word) \(Quoting.visible(row.name))")
        }
      }
    }
    try output.flush()
    return ExitStatus.success
  }
}
