import ArgumentParser
import CommandLineTool
import Terminal
import RegistryStore

struct Undo: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra undo", abstract: "Take back the last change of the local registry.",
    usage: "dev-infra undo [--quiet]")

  @Flag(help: "Print nothing.")
  var quiet = false

  func execute() throws -> Int32 {
    let undone = try RegistryStore.ofEnvironment().undo()
    var output = Output()
    if !quiet { try output.line("undone: \(undone)") }
    try output.flush()
    return ExitStatus.success
  }
}
