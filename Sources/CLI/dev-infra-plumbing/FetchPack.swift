import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import Git
import SystemSupport
import RegistryStore

struct FetchPack: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-fetch-pack", abstract: "Bring a remote's registry into its tracking reference.",
    usage: "dev-infra-fetch-pack [--timeout <seconds>] [--quiet] [--progress] [--no-state] <remote>")

  @Option(
    help: ArgumentHelp("Seconds that the remote may stay silent; 0 for no limit.", valueName: "seconds"))
  var timeout: Int?
  @Flag(name: .shortAndLong, help: "Never show progress.")
  var quiet = false
  @Flag(help: "Show progress even where stderr is not a terminal.")
  var progress = false
  @Flag(help: "Bring nothing of how other machines' checkouts are.")
  var noState = false
  @Argument(help: "The remote's name.")
  var remote: String

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let branch = try RemoteBranch(remote, in: store)
    let shows = !quiet && (progress || Terminal.isTerminal(2))
    let relay = shows ? ErrorRelay(onlySlowProgress: !progress) : nil
    defer { relay?.end() }
    let (old, new) = try store.fetch(
      branch, timeout: timeout, relay: relay?.sink, withStates: !noState)
    var output = Output()
    if old != new {
      let nothing = String(repeating: "0", count: 40)
      try output.line("\(old?.hex ?? nothing) \(new?.hex ?? nothing)\t\(branch.reference)")
    }
    try output.flush()
    return ExitStatus.success
  }
}
