import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import RegistryStore
import ByteStrings
import Registry
import RegistryIndex

struct Remove: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra rm", abstract: "Remove projects from the registry, everywhere at the next sync.",
    usage: "dev-infra rm [--quiet] P...")

  @Flag(name: .shortAndLong, help: "Print nothing.")
  var quiet = false
  @Argument(help: "Projects: an id or the beginning of one, a name, or a path.")
  var p: [String]

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let found = try store.find(ProjectQuery.all(p), takingUnreadable: true)
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
