import ArgumentParser
import Batch
import ByteStrings
import CommandLineTool
import FeatureReporting
import Git
import Listing
import Registry
import RegistryIndex
import RegistryReporting
import RegistryStore
import SystemSupport
import Terminal
import Updating

struct Update: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra update",
    abstract: "Fetch all projects, and let branches follow their upstreams.",
    usage: """
      dev-infra update [-j <n>] [--prune] [--fetch-only] [--retry-failed] [--dry-run] [--quiet] [--json] [--all] \
      [--sort <key>] \(SelectionOptions.usage) [-z] [--stdin] [<p>...]
      """)

  @Option(
    name: [.customShort("j"), .long],
    help: ArgumentHelp("Fetch so many at a time from one host.", valueName: "n"))
  var jobs: Int?
  @Flag(help: "Drop remote-tracking branches whose branch is gone.")
  var prune = false
  @Flag(help: "Leave the branches where they are.")
  var fetchOnly = false
  @Flag(help: "Only what failed, or was not reached, the last time.")
  var retryFailed = false
  @Flag(name: [.customShort("n"), .long], help: "Print what would be done, and do nothing.")
  var dryRun = false
  @Flag(name: .shortAndLong, help: "Print only what failed.")
  var quiet = false
  @Flag(help: "Print a JSON object a line for each.")
  var json = false
  @Flag(name: .customShort("z"), help: "Records on standard input end in NUL.")
  var z = false
  @OptionGroup var options: SelectionOptions

  /// By what words failures are remembered.
  private static let key = ["update"]

  func validate() throws {
    if let jobs, !(1...256).contains(jobs) { throw ValidationError("-j takes a number from 1 to 256") }
  }

  func execute() throws -> Int32 {
    // What is wrong with the command line comes before what is wrong with the registry.
    _ = try options.selection()
    let store = try RegistryStore.ofEnvironment()
    let view = try store.view()
    let former = FailedProjects(FailureMemory(registry: store.directory), Self.key)
    var rows = try options.rowsForCheckouts(of: view, z: z)
    if retryFailed {
      rows = former.among(rows)
      if rows.isEmpty { Messages.note("Nothing to do again: none of these projects failed.") }
    }
    try Interruption.watch()
    var updater = try Updater(store)
    if let jobs { updater.jobs = jobs }
    updater.prunes = prune
    updater.onlyFetches = fetchOnly
    updater.isDryRun = dryRun
    let reports = updater.run(BatchTarget.everyOneThere(of: rows, in: view), UpdateBoard(quiet: quiet))
    if !dryRun { former.remember(reports.filter(\.isFailure).map(\.target.id), of: Set(rows.map(\.id))) }
    if Interruption.signal != nil { return ExitStatus.no }
    var output = Output()
    if json {
      for report in reports { try output.line(report.json(isDone: !dryRun).compact) }
    } else if !quiet {
      try show(reports, &output)
    }
    try output.flush()
    let status = complain(reports)
    if !dryRun { try refresh(rows, after: reports, in: store) }
    return status
  }

  /// Reads the projects again whose branches have moved: what their own files say now goes before what the registry has.
  private func refresh(
    _ rows: [ViewRow], after reports: [UpdateReport], in store: borrowing RegistryStore
  ) throws {
    let moved = Set(reports.filter { $0.branches.contains { $0.new != nil } }.map(\.target.id))
    let (findings, warnings) = try store.refresh(rows.filter { moved.contains($0.id) }, prune: false)
    for warning in warnings { Messages.warning(warning.sentence) }
    for case .failed(let name, _, let reason) in findings {
      Messages.error(.refreshing(name, reason))
    }
  }

  private func show(_ reports: [UpdateReport], _ output: inout Output) throws {
    for report in reports {
      for line in report.lines(isDone: !dryRun) { try output.line(line) }
    }
    if !dryRun, !reports.isEmpty { try output.line(UpdateTotals(reports).sentence) }
  }

  /// Says what failed.
  private func complain(_ reports: [UpdateReport]) -> Int32 {
    for report in reports { warn(of: report) }
    let failed = reports.filter(\.isFailure)
    for report in failed {
      let name = Quoting.visible(report.target.calledName)
      for fetch in report.fetches {
        guard let error = fetch.error else { continue }
        let remote = "\(Quoting.visible(fetch.remote)) of \(name) (\(Quoting.visible(fetch.url)))"
        Messages.error(Failure(error).during("fetching \(remote) failed"))
      }
      if let error = report.error { Messages.error(Failure(error).during("updating \(name) failed")) }
    }
    guard !failed.isEmpty else { return ExitStatus.success }
    Messages.error("\(failed.count) of \(reports.count) failed")
    if !dryRun { Messages.hint("'dev-infra update --retry-failed' tries these again") }
    return ExitStatus.no
  }

  private func warn(of report: UpdateReport) {
    let name = Quoting.visible(report.target.calledName)
    for fetch in report.fetches {
      let remote = Quoting.visible(fetch.remote)
      for warning in fetch.warnings { Messages.warning("fetching \(remote) of \(name): \(warning)") }
    }
  }
}

/// Shows a line for each fetch that is under way.
private struct UpdateBoard: UpdateProgress {
  private let board: ProgressBoard

  init(quiet: Bool) { board = ProgressBoard(quiet: quiet) }

  func begin(_ total: Int) { board.total = total }
  func show(_ name: String, _ text: String) { board.set(name, text) }
  func remove(_ name: String) { board.remove(name) }
  func clear() { board.clear() }
}
