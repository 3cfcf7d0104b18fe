import ArgumentParser
import CommandLineTool
import Listing
import Terminal
import RegistryReporting
import RegistryStore
import ByteStrings
import Registry
import RegistryIndex

struct Remove: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra rm", abstract: "Remove projects from the registry, everywhere at the next sync.",
    usage: "dev-infra rm [--quiet] [--dry-run] \(ProjectOperands.usage)")

  @Flag(name: .shortAndLong, help: "Print nothing.")
  var quiet = false
  @Flag(name: [.customShort("n"), .long], help: "Print what would be removed, and change nothing.")
  var dryRun = false
  @OptionGroup var projects: ProjectOperands

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let view = try store.view()
    var found = FoundProjects()
    var unreadable: [ProjectID] = []
    found.rows = try projects.rows(
      in: view,
      claiming: { text in
        guard let id = try store.unreadable(text, in: view) else { return false }
        unreadable.append(id)
        return true
      })
    found.unreadable = unreadable
    try UnsavedElsewhere.warn(
      of: found.rows.map { ($0.id, $0.name) }, in: view, store, words: "last had work that is nowhere else")
    if dryRun {
      try found.tell("would remove")
      return ExitStatus.success
    }
    try store.remove(found.rows, unreadable: found.unreadable)
    if !quiet { try found.tell("removed") }
    return ExitStatus.success
  }
}

extension FoundProjects {
  /// Says of each what became of it.
  func tell(_ word: String) throws {
    var output = Output()
    for title in rows.map({ Quoting.visible($0.name) }) + unreadable.map(\.hex) {
      try output.line("\(word) \(title)")
    }
    try output.flush()
  }
}
