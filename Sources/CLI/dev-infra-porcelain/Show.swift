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
    var status = ExitStatus.success
    var isFirst = true
    let rows = try projects.rows(
      in: view, each: true,
      failing: { error in
        Messages.error(error)
        status = ExitStatus.no
      })
    for row in rows {
      do {
        let entry = try store.entry(of: row, withCheckouts: true)
        let states = store.toldStates(of: row)
        let here = state ? ExaminedCheckout.examine([row]).map(\.state) : []
        if json {
          var shown = Self.json(entry, states)
          if state, var members = shown.object {
            members["state"] = .array(here.map(\.json))
            shown = .object(members)
          }
          try output.write(shown.canonical)
        } else {
          if !isFirst { try output.line("") }
          for (label, value) in try store.facts(of: row, in: view) {
            try output.line(LabelledLine.text(label, Quoting.visible(value)))
          }
          for told in states {
            let label = "left on \(Quoting.visible(view.name(of: told.machine.hex)))"
            for place in told.checkouts {
              try output.line(LabelledLine.text(label, "\(place.clause) (\(told.taken))"))
            }
          }
          if !here.isEmpty { try output.line("") }
          for one in here {
            let place = here.count > 1 ? "\(one.path.visible): " : ""
            try output.line("state:          \(place)\(Self.sentence(one))")
          }
          if history { for line in Self.lastCommits(of: row) { try output.line(line) } }
        }
        isFirst = false
      } catch  where Failure(error).status == ExitStatus.no {
        Messages.error(error)
        status = ExitStatus.no
      }
    }
    try output.flush()
    return status
  }

  /// The branch, and what is left undone; why that is not known, where it is not.
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

  private static func json(_ entry: JSON, _ states: [ToldState]) -> JSON {
    guard var members = entry.object, !states.isEmpty else { return entry }
    var byMachine: JSON.Members = [:]
    for told in states { byMachine[told.machine.hex] = told.json }
    members["states"] = .object(byMachine)
    return .object(members)
  }
}
