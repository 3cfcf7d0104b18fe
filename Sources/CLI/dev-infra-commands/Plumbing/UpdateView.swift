import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import SystemSupport
import RegistryStore
import RegistryIndex

struct UpdateView: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-update-view", abstract: "Bring the registry's view up to date.",
    usage: "dev-infra-update-view [--stdout | --unless-kept]")

  @Flag(help: "Also print it; one that cannot be written is not an error then.")
  var stdout = false
  @Flag(help: "As --stdout, but print nothing where the file has it.")
  var unlessKept = false

  func execute() throws -> Int32 {
    let (view, isKept) = try RegistryStore.ofEnvironment().refreshView(required: !stdout && !unlessKept)
    if stdout || (unlessKept && !isKept) {
      var output = Output()
      try view.contents.eachPiece { try output.write($0) }
      try output.flush()
    }
    return ExitStatus.success
  }
}
