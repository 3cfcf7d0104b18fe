import ArgumentParser
import CommandLineTool
import Terminal
import RegistryStore

struct Forget: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra forget", abstract: "Drop projects from this machine, and keep their entries.",
    usage: "dev-infra forget [--quiet] P...")

  @Flag(name: .shortAndLong, help: "Print nothing.")
  var quiet = false
  @Argument(help: "Projects: an id or the beginning of one, a name, or a path.")
  var p: [String]

  func execute() throws -> Int32 {
    try Removal.run(p, quiet: quiet, word: "forgot") { store, rows, _ in try store.forget(rows) }
  }
}
