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
        let states = try Self.states(of: row, in: store)
        let here = state ? Self.statesHere(of: row) : []
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
            let padding = String(repeating: " ", count: max(1, 16 - label.count))
            try output.line("\(label):\(padding)\(Quoting.visible(value))")
          }
          for (machine, state, taken) in states {
            for place in state.places.compactMap({ CheckoutState(json: $0) }) {
              let label = "left on \(Quoting.visible(view.name(of: machine.hex)))"
              let padding = String(repeating: " ", count: max(1, 16 - label.count))
              try output.line("\(label):\(padding)\(place.clause) (\(taken))")
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

  /// How each checkout here is.
  private static func statesHere(of row: ViewRow) -> [CheckoutState] {
    let isPart = !row.isEmpty(.subdirectory)
    return CheckoutState.examine(
      row.paths.map { FilePath(text: $0) },
      { _ in
        var options = CheckoutState.Options()
        options.allowsParts = isPart
        return options
      }, progress: { _ in })
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
    do {
      var git = try GitProgram(reading: path)
      git.timeLimit = timeLimit
      git.asksNobody = true
      let part = row.isEmpty(.subdirectory) ? [] : ["."]
      let result = try git.run(
        ["log", "-n", "\(commits)", "--no-decorate", "--no-color", "--format=%h %cs %s", "HEAD", "--"] + part)
      guard result.termination == .exited(0) else { return ["", "no commit yet"] }
      let lines = result.output.split(separator: UInt8(ascii: "\n")).map { ByteText.string(from: $0) }
      return [""] + lines.map { TerminalText.safe($0, .line) }
    } catch {
      return ["", "the last commits cannot be told: \(Failure(error).message)"]
    }
  }

  /// What other machines last said of their checkouts of a project.
  private static func states(
    of row: ViewRow, in store: borrowing RegistryStore
  ) throws -> [(machine: MachineID, entry: MachineState.Entry, taken: Timestamp)] {
    guard let id = ProjectID(row.id) else { return [] }
    let machines = row.list(.machines).compactMap { MachineID($0) }.filter { $0 != store.machine.id }
    return store.states(of: machines, only: [id]).compactMap { state in
      state.projects[id].map { (state.machine, $0, state.time(of: id)) }
    }
  }

  private static func json(
    _ entry: JSON, _ states: [(machine: MachineID, entry: MachineState.Entry, taken: Timestamp)]
  ) -> JSON {
    guard var members = entry.object, !states.isEmpty else { return entry }
    var byMachine: JSON.Members = [:]
    for (machine, entry, taken) in states {
      byMachine[machine.hex] = .object(["taken": .string(taken.description), "places": .array(entry.places)])
    }
    members["states"] = .object(byMachine)
    return .object(members)
  }
}
