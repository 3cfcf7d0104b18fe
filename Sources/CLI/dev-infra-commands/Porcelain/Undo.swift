import ArgumentParser
import CommandLineTool
import Git
import Terminal
import RegistryReporting
import SystemSupport
import RegistryStore

struct Undo: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra undo", abstract: "Take back the last change of the local registry.",
    usage: "dev-infra undo [--quiet] [<commit>]")

  @Flag(name: .shortAndLong, help: "Print nothing.")
  var quiet = false
  @Argument(help: "The change, as 'dev-infra log' shows it; without one the last that was not undone yet.")
  var commit: String?

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let undone = try store.undo(commit.map { try store.commit(named: $0) })
    if quiet { return ExitStatus.success }
    var output = Output()
    try output.line("undone: \(undone.subject)")
    try output.flush()
    if Terminal.isTerminal(2) {
      Messages.hint("'dev-infra undo \(undone.commit.hex.prefix(12))' brings it back")
    }
    return ExitStatus.success
  }
}
