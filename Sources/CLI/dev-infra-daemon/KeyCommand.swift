import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import SystemSupport
import RegistryStore
import APIKeys
import SystemPackage

struct KeyCommand: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra daemon key", abstract: "Make, list and revoke the keys of a server.",
    usage: """
      dev-infra daemon key add [--read-only | --no-paths] [--registry <dir>] <name>
      dev-infra daemon key list [--registry <dir>]
      dev-infra daemon key revoke [--registry <dir>] <name>
      """)

  enum Action: String, ExpressibleByArgument { case add, list, revoke }

  @Flag(help: "The key opens for reading alone.")
  var readOnly = false
  @Flag(help: "The key opens the pages for people alone, and there is no path on them.")
  var noPaths = false
  @Option(help: ArgumentHelp("The registry whose server it is.", valueName: "dir"))
  var registry: String?
  @Argument(help: .hidden)
  var key: String
  @Argument(help: .hidden)
  var given: Action?
  @Argument(help: "What the key is called.")
  var name: String?
  /// What is to be done; ``validate()`` sees to it that there is something.
  private var action: Action { given ?? .list }

  func validate() throws {
    guard given != nil else { throw ValidationError("add, list or revoke is missing") }
    if (name == nil) != (action == .list) {
      throw ValidationError(
        action == .list ? "list takes no name" : "\(action.rawValue) takes the name of a key")
    }
    if readOnly, action != .add { throw ValidationError("--read-only goes with add only") }
    if noPaths, action != .add { throw ValidationError("--no-paths goes with add only") }
    if noPaths, readOnly { throw ValidationError("--read-only and --no-paths exclude each other") }
  }

  func execute() throws -> Int32 {
    let directory = try ServedRegistry.directory(registry)
    if action == .add { try ServedRegistry.makeIfMissing(directory) }
    // Says what is wrong where it is not a registry.
    _ = try RegistryStore.open(directory)
    let file = KeyFile(registry: directory)
    var output = Output()
    switch (action, name) {
    case (.add, let name?):
      try output.line(file.add(name, noPaths ? .withoutPaths : readOnly ? .readOnly : .readWrite))
      try output.flush()
      Messages.hint("keep it now: only its hash is stored, and it cannot be shown again")
    case (.revoke, let name?): try file.revoke(name)
    default:
      for entry in try file.read() {
        try output.line("\(entry.name)\t\(entry.access.rawValue)\t\(entry.created)")
      }
      try output.flush()
    }
    return ExitStatus.success
  }
}
