import ArgumentParser
import CommandLineTool
import Terminal
import RegistryStore

struct Remove: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra rm", abstract: "Remove projects from the registry, everywhere at the next sync.",
    usage: "dev-infra rm [--quiet] P...")

  @Flag(name: .shortAndLong, help: "Print nothing.")
  var quiet = false
  @Argument(help: "Projects: an id or the beginning of one, a name, or a path.")
  var p: [String]

  func execute() throws -> Int32 {
    try Removal.run(p, quiet: quiet, word: "removed", takingUnreadable: true) { store, rows, unreadable in
      try store.remove(rows, unreadable: unreadable)
    }
  }
}
