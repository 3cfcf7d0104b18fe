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
    usage: "dev-infra forget [--quiet] [-z] [--stdin] <p>...")

  @Flag(name: .shortAndLong, help: "Print nothing.")
  var quiet = false
  @Flag(name: .customShort("z"), help: "Records on standard input end in NUL.")
  var z = false
  @OptionGroup var projects: ProjectOperands

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let found = try store.find(projects.queries(z: z), takingUnreadable: false)
    try store.forget(found.rows)
    if !quiet { try found.tell("forgot") }
    return ExitStatus.success
  }
}
