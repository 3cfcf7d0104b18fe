import ArgumentParser
import CommandLineTool
import Console
import Git
import Records
import Registry
import RegistryStore

@main
struct MergeRegistry: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-merge-registry", abstract: "Merge two registry commits, and print the result.",
    usage: "dev-infra-merge-registry [--strategy last-write|ours|theirs] [--quiet] OURS THEIRS")

  @Option(
    help: ArgumentHelp(
      "Whose value is taken where both changed a field.", valueName: "last-write|ours|theirs"))
  var strategy = "last-write"
  @Flag(help: "Do not report conflicts.")
  var quiet = false
  @Argument(help: "The commit that is preferred.")
  var ours: String
  @Argument(help: "The commit that is merged into it.")
  var theirs: String

  func execute() throws -> Int32 {
    guard let strategy = MergeStrategy(rawValue: strategy) else {
      throw Failure.usage(
        "unknown strategy '\(Quoting.visible(strategy))'; known are: last-write ours theirs")
    }
    let store = try RegistryStore.ofEnvironment()
    let outcome = try store.merge(
      ours: store.commit(named: ours), theirs: store.commit(named: theirs), strategy: strategy,
      lost: store.lostCommit(of: theirs), theirName: RemoteBranch.name(of: theirs))
    if !quiet { for report in outcome.reports { Messages.warning(report) } }
    var output = Output()
    try output.line(outcome.commit.hex)
    try output.flush()
    return ExitStatus.success
  }
}
