import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import RegistryStore

struct CollectGarbage: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra gc", abstract: "Pack the registry, and drop what nothing refers to.",
    usage: "dev-infra gc [--auto] [--quiet]")

  @Flag(help: "Do nothing unless there is much to pack.")
  var auto = false
  @Flag(name: .shortAndLong, help: "Print only what failed.")
  var quiet = false

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let report = try auto ? store.maintainIfNeeded() : store.maintain()
    if !quiet, !report.isEmpty { Messages.note(report) }
    return ExitStatus.success
  }
}
