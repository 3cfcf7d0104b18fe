import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import Git
import ByteStrings
import Registry
import RegistryStore

struct MergeRegistry: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-merge-registry", abstract: "Merge two registry commits, and print the result.",
    usage: """
      dev-infra-merge-registry [--strategy last-write|ours|theirs] [--quiet] <ours> <theirs>
      dev-infra-merge-registry --advance [-m <message>] [--strategy last-write|ours|theirs] [--quiet] <theirs>
      """)

  @Option(
    help: ArgumentHelp(
      "Whose value is taken where both changed a field.", valueName: "last-write|ours|theirs"))
  var strategy = "last-write"
  @Flag(name: .shortAndLong, help: "Do not report conflicts.")
  var quiet = false
  @Flag(help: "Merge into main, and move main there.")
  var advance = false
  @Option(
    name: .customShort("m"),
    help: ArgumentHelp("With --advance: the message for the reference's log.", valueName: "message"))
  var message: String?
  @Argument(help: "The commit that is preferred; with --advance that is main, and not named.")
  var ours: String
  @Argument(help: "The commit that is merged into it.")
  var theirs: String?

  func validate() throws {
    guard advance == (theirs == nil) else {
      throw ValidationError(advance ? "--advance takes one commit" : "a merge takes two commits")
    }
    guard advance || message == nil else { throw ValidationError("-m goes with --advance only") }
  }

  func execute() throws -> Int32 {
    guard let strategy = MergeStrategy(rawValue: strategy) else {
      throw Failure.usage(
        "unknown strategy '\(Quoting.visible(strategy))'; known are: last-write ours theirs")
    }
    let store = try RegistryStore.ofEnvironment()
    let theirs = theirs ?? ours
    let commit = try store.commit(named: theirs)
    let lost = try store.lostCommit(of: theirs)
    let name = RemoteBranch.name(of: theirs)
    var output = Output()
    let outcome: MergeOutcome
    if advance {
      let old: ObjectID
      (old, outcome) = try store.mergeIntoMain(
        commit, strategy: strategy, lost: lost, theirName: name, message: message ?? "merge \(name)")
      try output.line("\(old.hex) \(outcome.commit.hex)")
    } else {
      outcome = try store.merge(
        ours: store.commit(named: ours), theirs: commit, strategy: strategy, lost: lost, theirName: name
      )
      try output.line(outcome.commit.hex)
    }
    if !quiet { for report in outcome.reports { Messages.warning(report.sentence) } }
    try output.flush()
    return ExitStatus.success
  }
}
