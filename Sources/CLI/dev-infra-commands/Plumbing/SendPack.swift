import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import Git
import SystemSupport
import ByteStrings
import Registry
import RegistryStore

struct SendPack: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-send-pack", abstract: "Send a registry commit, or some projects, to a remote.",
    usage: """
      dev-infra-send-pack [--timeout <seconds>] [--quiet] [--progress] [--dry-run] [--porcelain] [--no-state] [-z] \
      [--stdin] <remote> [<commit>]
      """)

  @Option(
    help: ArgumentHelp("Seconds that the remote may stay silent; 0 for no limit.", valueName: "seconds"))
  var timeout: Int?
  @Flag(name: .shortAndLong, help: "Never show progress, and say nothing of success.")
  var quiet = false
  @Flag(help: "Show progress even where stderr is not a terminal.")
  var progress = false
  @Flag(name: [.customShort("n"), .long], help: "Ask the remote, and change nothing there.")
  var dryRun = false
  @Flag(help: "Print the outcome as 'git push --porcelain' does.")
  var porcelain = false
  @Flag(help: "Send nothing of how this machine's checkouts are.")
  var noState = false
  @Flag(name: .customShort("z"), help: "Records on standard input end in NUL.")
  var z = false
  @Flag(help: "Send only the projects whose ids are on standard input.")
  var stdin = false
  @Argument(help: "The remote's name.")
  var remote: String
  @Argument(help: "The commit to send; main without one.")
  var commit: String?

  func validate() throws {
    guard !stdin || commit == nil else {
      throw ValidationError("--stdin makes the commit; it does not go with one")
    }
  }

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let branch = try RemoteBranch(remote, in: store)
    let target =
      stdin
      ? try store.commit(sending: ids(in: store, branch), to: branch)
      : try commit.map { try store.commit(named: $0) } ?? store.main()
    let sendsState = !noState && !stdin && !dryRun
    let isNews = try sendsState && !quiet && store.sendsFirstState(to: branch)
    let shows = !quiet && (progress || Terminal.isTerminal(2))
    let relay = shows ? ErrorRelay(onlySlowProgress: !progress) : nil
    let sent = quiet ? nil : SentProjects(in: target, beyond: branch)
    let result: SendResult
    do {
      defer { relay?.end() }
      result = try store.send(
        target, to: branch, timeout: timeout, relay: relay?.sink, dryRun: dryRun)
    }
    let report = SendReport(remote: remote, sent: sent, isPorcelain: porcelain, isDryRun: dryRun)
    let status = try report.show(result, of: target, in: store)
    if status == ExitStatus.success, sendsState {
      store.sendState(beside: target, to: branch, timeout: timeout, isNews: isNews)
    }
    return status
  }

  private func ids(in store: borrowing RegistryStore, _ branch: RemoteBranch) throws -> [ProjectID] {
    let places = try [store.main(), store.repository.reference(branch.reference)].compactMap { $0 }
    return try Operands.records(RecordFormat(z: z)).map { record in
      let text = ByteText.string(from: record)
      // One that is only there was removed here, and goes there too.
      guard let id = ProjectID(text),
        try places.contains(where: { try store.blob(at: .project(id), in: $0) != nil })
      else {
        throw Failure.fatal(
          "sending '\(Quoting.visible(text))' failed: it is not the id of a project of this registry; nothing has been sent",
          hints: "'dev-infra-ls-projects --format=%(id)' prints ids")
      }
      return id
    }
  }
}
