import ArgumentParser
import CommandLineTool
import Listing
import Terminal
import RegistryReporting
import RegistryStore
import RegistryIndex

struct Forget: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra forget", abstract: "Drop projects from this machine, and keep their entries.",
    usage: "dev-infra forget [--quiet] [--dry-run] \(ProjectOperands.usage)")

  @Flag(name: .shortAndLong, help: "Print nothing.")
  var quiet = false
  @Flag(name: [.customShort("n"), .long], help: "Print what would be forgotten, and change nothing.")
  var dryRun = false
  @OptionGroup var projects: ProjectOperands

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    var found = FoundProjects()
    found.rows = try projects.rows(in: store.view())
    // With `--all` projects are taken that are not here; those that are named have to be.
    if projects.choice.all { found.rows.removeAll { $0.paths.isEmpty } }
    UnsavedElsewhere.warnOfOwn(
      of: found.rows.map { ($0.id, $0.name) }, store,
      words: "had work here that is nowhere else, of which no machine is told any more")
    if dryRun {
      try store.requireHere(found.rows)
      try found.tell("would forget")
      return ExitStatus.success
    }
    try store.forget(found.rows)
    if !quiet { try found.tell("forgot") }
    return ExitStatus.success
  }
}
