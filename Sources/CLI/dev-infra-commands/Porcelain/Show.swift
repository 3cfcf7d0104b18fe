import ArgumentParser
import CommandLineTool
import Listing
import Terminal
import FeatureReporting
import RegistryReporting
import Git
import SystemSupport
import ByteStrings
import Registry
import RegistryStore
import RegistryIndex
import SystemPackage
import MachineStates
import WorkTreeState

struct Show: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra show", abstract: "Show all that is known of projects.",
    usage: "dev-infra show [--json] [--state] [--history] \(ProjectOperands.usage)")

  @Flag(help: "Print the entry and where it is as JSON.")
  var json = false
  @Flag(help: "Also what is left undone in each project's checkouts here.")
  var state = false
  @Flag(help: "Also the last commits of each project's checkout here.")
  var history = false
  @OptionGroup var projects: ProjectOperands

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let view = try store.view()
    var output = Output()
    var isFirst = true
    let status = try projects.forEach(in: view) { row in
      let entry = try store.entry(of: row, withCheckouts: true)
      let states = store.toldStates(of: row)
      let here = state ? ExaminedCheckout.examine([row]).map(\.state) : []
      if json {
        try output.write(record(entry, states, here).canonical)
      } else {
        if !isFirst { try output.line("") }
        for line in try lines(row, states, here, in: view, store) { try output.line(line) }
      }
      isFirst = false
    }
    try output.flush()
    return status
  }

  private func lines(
    _ row: ViewRow, _ states: [ToldState], _ here: [CheckoutState], in view: View,
    _ store: borrowing RegistryStore
  ) throws -> [String] {
    var lines = try store.facts(of: row, in: view).map { LabelledLine.text($0, Quoting.visible($1)) }
    for told in states {
      let label = "left on \(Quoting.visible(view.name(of: told.machine.hex)))"
      lines += told.checkouts.map { LabelledLine.text(label, "\($0.clause) (\(told.taken))") }
    }
    if !here.isEmpty { lines.append("") }
    for one in here {
      let place = here.count > 1 ? "\(one.path.visible): " : ""
      lines.append("state:          \(place)\(Self.sentence(one))")
    }
    return history ? lines + Self.lastCommits(of: row) : lines
  }

  /// The branch, and what is left undone; or the reason why that is not known.
  private static func sentence(_ state: CheckoutState) -> String {
    if let error = state.error, !state.isMissing { return Quoting.visible(error) }
    let branch = state.repository?.branch.map { "\(Quoting.visible($0)), " } ?? ""
    return (state.isDetached ? "no branch, " : branch) + state.clause
  }

  /// Commits of a checkout that are shown, and seconds that finding them may take.
  private static let commits = 10
  private static let timeLimit = 5.0

  /// The last commits of the checkout here, of a part of a repository those that touch it; nothing where it is not here. Why they
  /// cannot be read is said in their place: everything else about the project is.
  private static func lastCommits(of row: ViewRow) -> [String] {
    guard
      let path = row.paths.lazy.map({ FilePath(text: $0) }).first(where: { Files.kind(of: $0) == .directory })
    else { return [] }
    do throws(GitError) {
      let lines = try RecentCommits.lines(
        at: path, count: commits, onlyBelow: !row.isEmpty(.subdirectory), seconds: timeLimit)
      return [""] + (lines?.map { TerminalText.safe($0, .line) } ?? ["no commit yet"])
    } catch {
      return ["", "the last commits cannot be told: \(Failure(error).message)"]
    }
  }

  private func record(_ entry: JSON, _ states: [ToldState], _ here: [CheckoutState]) -> JSON {
    guard var members = entry.object else { return entry }
    if !states.isEmpty {
      var byMachine: JSON.Members = [:]
      for told in states { byMachine[told.machine.hex] = told.json }
      members["states"] = .object(byMachine)
    }
    if state { members["state"] = .array(here.map(\.json)) }
    return .object(members)
  }
}
