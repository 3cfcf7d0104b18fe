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
    usage: """
      dev-infra-fetch-pack [--timeout <seconds>] [--quiet] [--progress] [--no-state] [--compare] <remote>
      """)

  @Option(
    help: ArgumentHelp("Seconds that the remote may stay silent; 0 for no limit.", valueName: "seconds"))
  var timeout: Int?
  @Flag(name: .shortAndLong, help: "Never show progress.")
  var quiet = false
  @Flag(help: "Show progress even where stderr is not a terminal.")
  var progress = false
  @Flag(help: "Bring nothing of how other machines' checkouts are.")
  var noState = false
  @Flag(help: "Print how main stands to what the remote has, and not what moved.")
  var compare = false
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
    if compare {
      try output.line(comparison(of: new, at: branch, in: store))
    } else if old != new {
      try output.line("\(old?.hex ?? Self.nothing) \(new?.hex ?? Self.nothing)\t\(branch.reference)")
    }
    try output.flush()
    return ExitStatus.success
  }

  /// What stands for a commit that does not exist.
  private static let nothing = String(repeating: "0", count: 40)

  /// How main stands to what the remote has: a word, main's commit, and the remote's.
  private func comparison(
    of theirs: ObjectID?, at branch: RemoteBranch, in store: borrowing RegistryStore
  ) throws -> String {
    let main = try store.main()
    let word =
      switch theirs {
      case nil: "none"
      case main: try store.isSettled(by: branch) ? "settled" : "same"
      case let theirs?: try store.repository.isAncestor(theirs, of: main) ? "ahead" : "other"
      }
    return "\(word) \(main.hex) \(theirs?.hex ?? Self.nothing)"
  }
}
