import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import RegistryStore
import RegistryIndex

struct Forget: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra forget", abstract: "Drop projects from this machine, and keep their entries.",
    usage: "dev-infra forget [--quiet] P...")

  @Flag(name: .shortAndLong, help: "Print nothing.")
  var quiet = false
  @Argument(help: "Projects: an id or the beginning of one, a name, or a path.")
  var p: [String]

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let found = try store.find(ProjectQuery.all(p), takingUnreadable: false)
    try store.forget(found.rows)
    if !quiet { try found.tell("forgot") }
    return ExitStatus.success
  }
}
