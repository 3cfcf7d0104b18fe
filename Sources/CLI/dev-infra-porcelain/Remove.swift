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
    usage: "dev-infra rm [--quiet] [-z] [--stdin] <p>...")

  @Flag(name: .shortAndLong, help: "Print nothing.")
  var quiet = false
  @Flag(name: .customShort("z"), help: "Records on standard input end in NUL.")
  var z = false
  @OptionGroup var projects: ProjectOperands

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let found = try store.find(projects.queries(z: z), takingUnreadable: true)
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
