import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import RegistryStore

struct UpdateView: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-update-view", abstract: "Bring the registry's view up to date.",
    usage: "dev-infra-update-view [--stdout]")

  @Flag(help: "Also print it; one that cannot be written is not an error then.")
  var stdout = false

  func execute() throws -> Int32 {
    let bytes = try RegistryStore.ofEnvironment().refreshView(required: !stdout)
    if stdout {
      var output = Output()
      try output.write(bytes)
      try output.flush()
    }
    return ExitStatus.success
  }
}
