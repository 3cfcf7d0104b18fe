import ArgumentParser
import CommandLineTool
import FeatureReporting
import Listing
import Terminal
import IndexReporting
import RegistryReporting
import SystemSupport
import ByteStrings
import Registry
import RegistryIndex
import RegistryStore
import MachineStates
import WorkTreeState

struct State: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra state",
    abstract: "Show what is left undone in the checkouts of this machine, and of others.",
    usage: """
      dev-infra state [--all] [-v] [--json] [-z] [--exit-code] [--all-machines] [<filters>] [--stdin] [<p>...]
      dev-infra state --unsaved [--outside <dir>]... [--json] [-z] [<filters>] [--stdin] [<p>...]
      """)

  @Flag(name: .shortAndLong, help: "Also show what needs no attention.")
  var all = false
  @Flag(name: .shortAndLong, help: "Say what the marks mean.")
  var verbose = false
  @Flag(help: "Print one JSON array, of every checkout.")
  var json = false
  @Flag(name: .customShort("z"), help: "Records end in NUL and nothing is quoted.")
  var z = false
  @Flag(help: "Show only what exists on this machine only; end with 1 when there is anything.")
  var unsaved = false
  @Option(
    help: ArgumentHelp("With --unsaved: also what is in no project below this directory.", valueName: "dir"))
  var outside: [String] = []
  @Flag(help: "Also show what the other machines last said of theirs; --machine <m> shows one's.")
  var allMachines = false
  @Flag(help: "End with 1 when something needs attention.")
  var exitCode = false
  @OptionGroup var filters: FilterOptions
  @Flag(help: "Also take projects from standard input.")
  var stdin = false
  @Argument(help: "Projects: an id or its beginning, a name, owner/name, a URL or a path; or a glob.")
  var p: [String] = []

  func validate() throws {
    if !outside.isEmpty, !unsaved { throw ValidationError("--outside goes with --unsaved") }
    if unsaved, allMachines || !filters.machines.isEmpty {
      throw ValidationError(
        "--unsaved is about this machine: it goes with neither --machine nor --all-machines")
    }
    if allMachines, !filters.machines.isEmpty {
      throw ValidationError("--machine and --all-machines exclude each other")
    }
  }

  func execute() throws -> Int32 {
    let view = try ViewFile.ofEnvironment().fresh()
    let choice = try choice()
    if unsaved {
      let report = UnsavedReport(
        outside: outside, isOfAll: filters.isEmpty && p.isEmpty && !stdin, json: json, z: z)
      return try report.show(choice.rows(of: view, states: CheckoutStates()), of: view)
    }
    let groups = try groups(choice, of: view)
    try show(groups, view)
    // What another machine could not read is what it says, and no failure of this command.
    let errors = groups.filter(\.isLive).flatMap(\.checkouts).compactMap(\.state.error)
    for error in errors { Messages.error(error) }
    if !errors.isEmpty { return ExitStatus.no }
    let needsAttention = groups.flatMap(\.checkouts).contains { $0.state.needsAttention }
    return exitCode && needsAttention ? ExitStatus.no : ExitStatus.success
  }

  private func choice() throws -> CheckoutChoice {
    let words = try Operands.texts(p, stdin: stdin, format: RecordFormat(z: z))
    return CheckoutChoice(
      allMachines ? .all : filters.machines.isEmpty ? .here : .named(filters.machines),
      try filters.selection(), words: stdin || !words.isEmpty ? words : nil,
      from: try Environment.currentDirectory())
  }

  private func groups(_ choice: CheckoutChoice, of view: View) throws -> [MachineCheckouts] {
    if choice.machines == .here {
      return [MachineCheckouts(here: Self.examine(try choice.rows(of: view, states: CheckoutStates())))]
    }
    return try choice.groups(
      of: view, in: RegistryStore.ofEnvironment(), states: CheckoutStates(), examine: Self.examine)
  }

  private static func examine(_ rows: [ViewRow]) -> [ExaminedCheckout] {
    CheckoutProgress.watching(rows) { ExaminedCheckout.examine(rows, progress: $0) }
  }

  private func show(_ groups: [MachineCheckouts], _ view: View) throws {
    let format = RecordFormat(z: z)
    let isForPeople = !json && !z && Terminal.isTerminal(1)
    var output = Output(format)
    if json {
      try output.write(JSON.array(groups.flatMap(\.records)).canonical)
    } else if isForPeople {
      try output.draw(
        groups.shown(
          in: view, now: Timestamp(milliseconds: Clock.nowMilliseconds), home: Environment.home?.text,
          all: all,
          verbose: verbose, width: Terminal.width ?? 80, colours: Colours.areWanted()))
    } else {
      for line in groups.flatMap({ $0.lines(format) }) { try output.record(formatted: line) }
    }
    try output.flush()
    if !isForPeople { for silence in groups.compactMap(\.silence) { Messages.note(silence) } }
  }
}
