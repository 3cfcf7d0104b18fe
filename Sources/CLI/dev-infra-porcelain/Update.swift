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
    let reports = updater.run(Self.targets(of: rows, in: view), UpdateBoard())
    if !dryRun { former.remember(reports.filter(\.isFailure).map(\.target.id), of: Set(rows.map(\.id))) }
    if Interruption.signal != nil { return ExitStatus.no }
    var output = Output()
    if json {
      for report in reports { try output.line(JSON.object(self.object(of: report)).compact) }
    } else if !quiet {
      try show(reports, &output)
    }
    try output.flush()
    return complain(reports)
  }

  /// Each path of the projects that is there; a project of which none is there, by its first.
  private static func targets(of rows: [ViewRow], in view: View) -> [BatchTarget] {
    let all = BatchTarget.all(of: rows, in: view, everyPath: true)
    let there = all.filter(\.isThere)
    var known = Set(there.map(\.id))
    return all.filter { $0.isThere || known.insert($0.id).inserted }
  }

  private func show(_ reports: [UpdateReport], _ output: inout Output) throws {
    let (will, word) = dryRun ? ("would fetch", "would update") : ("", "updated")
    var (moved, left) = (0, 0)
    for report in reports {
      let name = Quoting.visible(report.target.calledName)
      if dryRun {
        for fetch in report.fetches {
          try output.line(
            "\(will) \(Quoting.visible(fetch.remote)) of \(name) (\(Quoting.visible(fetch.url)))")
        }
      }
      for branch in report.branches {
        if let new = branch.new {
          moved += 1
          try output.line(
            "\(word) \(name): \(Quoting.visible(branch.name)) \(branch.old.prefix(10))..\(new.prefix(10))")
        } else if let reason = branch.reason {
          left += 1
          try output.line(
            "left alone \(name): \(Quoting.visible(branch.name)) \(reason.words(upstream: branch.upstream))")
        }
      }
    }
    guard !dryRun, !reports.isEmpty else { return }
    let fetched = reports.count { !$0.isFailure && !$0.fetches.isEmpty }
    var parts = ["\(fetched) fetched"]
    if moved > 0 { parts.append("\(moved) branch\(moved == 1 ? "" : "es") updated") }
    if left > 0 { parts.append("\(left) left alone") }
    let failed = reports.count(where: \.isFailure)
    if failed > 0 { parts.append("\(failed) failed") }
    try output.line(parts.joined(separator: ", "))
  }

  /// Says what failed.
  private func complain(_ reports: [UpdateReport]) -> Int32 {
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

  private func object(of report: UpdateReport) -> JSON.Members {
    func text(_ error: UpdateError?) -> JSON? { error.map { .string(Failure($0).message) } }
    var object: JSON.Members = [
      "id": .string(report.target.id), "name": .string(report.target.name),
      "path": .string(JSONText.path(report.target.path.text)),
    ]
    object["error"] = text(report.error)
    object["remotes"] = .array(
      report.fetches.map { fetch in
        var remote: JSON.Members = [
          "name": .string(JSONText.path(fetch.remote)), "url": .string(JSONText.path(fetch.url)),
          "fetched": .bool(fetch.isDone && !dryRun),
        ]
        remote["error"] = text(fetch.error)
        return .object(remote)
      })
    object["branches"] = .array(
      report.branches.map { branch in
        var member: JSON.Members = [
          "name": .string(JSONText.path(branch.name)), "old": .string(branch.old),
          "upstream": .string(JSONText.path(branch.upstream)),
        ]
        member["new"] = branch.new.map { .string($0) }
        member["left"] = branch.reason.map { .string($0.key) }
        member["reason"] = branch.reason.map { .string($0.words(upstream: branch.upstream)) }
        return .object(member)
      })
    return object
  }
}

/// Shows a line for each fetch that is under way.
private struct UpdateBoard: UpdateProgress {
  private let board = ProgressBoard()

  func begin(_ total: Int) { board.total = total }
  func show(_ name: String, _ text: String) { board.set(name, text) }
  func remove(_ name: String) { board.remove(name) }
  func clear() { board.clear() }
}
