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
import SystemPackage

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
    if unsaved { return try showUnsaved(rows(of: view), of: view) }
    let groups = try groups(of: view)
    let isForPeople = !json && !z && Terminal.isTerminal(1)
    var output = Output(RecordFormat(z: z))
    if json {
      try output.write(JSON.array(groups.flatMap(\.records)).canonical)
    } else if isForPeople {
      try output.draw(text(of: groups, view))
    } else {
      for line in groups.flatMap({ $0.lines(RecordFormat(z: z)) }) { try output.record(formatted: line) }
    }
    try output.flush()
    if !isForPeople { for group in groups where group.isSilent { Messages.note(Self.silence(of: group)) } }
    // What another machine could not read is what it says, and no failure of this command.
    let errors = groups.filter(\.isLive).flatMap(\.checkouts).compactMap(\.state.error)
    for error in errors { Messages.error(error) }
    if !errors.isEmpty { return ExitStatus.no }
    let needsAttention = groups.flatMap(\.checkouts).contains { $0.state.needsAttention }
    return exitCode && needsAttention ? ExitStatus.no : ExitStatus.success
  }

  // MARK: Choosing

  /// The checkouts that are asked about, machine by machine, this one first.
  private func groups(of view: View) throws -> [MachineCheckouts] {
    guard allMachines || !filters.machines.isEmpty else {
      return [MachineCheckouts(here: Self.examine(try rows(of: view)))]
    }
    let store = try RegistryStore.ofEnvironment()
    let known = try store.knownMachines()
    var machines = known.filter(\.isHere) + known.filter { !$0.isHere }
    if !allMachines {
      let named = try store.machines(named: filters.machines, among: known).map(\.id)
      machines = machines.filter { named.contains($0.id) }
    }
    let words = try Operands.texts(p, stdin: stdin, format: RecordFormat(z: z))
    let groups = try machines.map { machine in
      if machine.isHere {
        return MachineCheckouts(here: Self.examine(try rows(of: view, on: machine, words)), machine: machine)
      }
      let state = store.states(of: [machine.id]).first
      let rows = try rows(of: view, on: machine, words, saying: state)
      return MachineCheckouts(of: rows, on: machine, saying: state)
    }
    if !allMachines, let silent = groups.first(where: \.isSilent), groups.allSatisfy(\.isSilent) {
      throw Failure.no(
        Self.silence(of: silent),
        hints:
          "'dev-infra pull' brings what it sent with its last push; dev-infra.state there says how much that is"
      )
    }
    return groups
  }

  /// The projects of this machine that are meant: those that words name, or all that the filters leave.
  private func rows(of view: View) throws -> [ViewRow] {
    try rows(of: view, on: nil, Operands.texts(p, stdin: stdin, format: RecordFormat(z: z)))
  }

  /// The projects of a machine that are meant.
  ///
  /// - Parameters:
  ///   - machine: nil where only this one is asked about.
  ///   - state: what another machine says of its checkouts, by which conditions are decided.
  private func rows(
    of view: View, on machine: KnownMachine?, _ words: [String], saying state: MachineState? = nil
  ) throws -> [ViewRow] {
    var selection = try filters.selection()
    selection.machines = []
    selection.directory = try Environment.currentDirectory()
    if stdin || !words.isEmpty {
      let isWide = allMachines || !filters.machines.isEmpty
      let ids = try selection.ids(named: words, in: view, everywhere: isWide)
      selection.ids = ids
      // What is named and is not there has no state; that is said.
      for id in allMachines ? [] : ids.sorted() {
        guard let row = view.row(id: id) else { continue }
        try requireThere(row, machine)
      }
    }
    if let machine, !machine.isHere {
      return try selection.rows(of: view, onAnother: machine.id, saying: state)
    }
    let rows = try selection.rows(of: view, states: CheckoutStates()).filter { !$0.paths.isEmpty }
    if rows.isEmpty, selection.isNarrowed, !allMachines { throw EmptySelection(selection, of: view) }
    return rows
  }

  private func requireThere(_ row: ViewRow, _ machine: KnownMachine?) throws(Failure) {
    let isThere = machine.map { row.list(.machines).contains($0.id.hex) } ?? !row.paths.isEmpty
    if isThere { return }
    guard let machine, !machine.isHere else {
      throw .no(
        "\(Quoting.visible(row.name)) is not on this machine", hints: "'dev-infra clone' brings it here")
    }
    throw .no("\(Quoting.visible(row.name)) is not on \(Quoting.visible(machine.name))")
  }

  // MARK: Looking

  private static func examine(_ rows: [ViewRow]) -> [ExaminedCheckout] {
    watching(rows) { ExaminedCheckout.examine(rows, progress: $0) }
  }

  /// Shows how far something has come that goes through all checkouts of some projects.
  private static func watching<T>(_ rows: [ViewRow], _ work: ((Int) -> Void) -> T) -> T {
    let total = rows.reduce(0) { $0 + $1.paths.count }
    var progress = Progress("Examining work trees", total: total)
    let result = work { progress.update($0) }
    progress.finish(total)
    return result
  }

  /// What exists on this machine only: what one asks before a disk is wiped.
  private func showUnsaved(_ rows: [ViewRow], of view: View) throws -> Int32 {
    let directory = try Environment.currentDirectory()
    let roots = try outside.map { text in
      let root = FilePath(text: text).absolute(against: directory)
      guard let resolved = root.resolved, Files.kind(of: resolved) == .directory else {
        throw Failure.fatal("looking for files in \(root.visible) failed: it is not a directory")
      }
      return resolved
    }
    var findings = UnsavedFindings()
    Self.watching(rows) { findings.take(checkoutsOf: rows, progress: $0) }
    let store = try RegistryStore.ofEnvironment()
    // Of some projects only these are asked for.
    if filters.isEmpty, p.isEmpty, !stdin { try findings.takeRegistry(store) }
    findings.take(below: roots, outside: view, besides: store)
    var output = Output(RecordFormat(z: z))
    if json {
      try output.write(findings.json.canonical)
    } else if !z, Terminal.isTerminal(1) {
      for line in findings.lines(home: Environment.home?.text) { try output.line(line) }
    } else {
      for record in findings.records(RecordFormat(z: z)) { try output.record(formatted: record) }
    }
    try output.flush()
    if findings.all.isEmpty { return ExitStatus.success }
    Messages.note("\(findings.all.count == 1 ? "something is" : "some things are") on this machine only")
    return ExitStatus.no
  }

  // MARK: Showing

  private static func silence(of group: MachineCheckouts) -> String {
    "\(Quoting.visible(group.machine?.name ?? "")) has not told how its checkouts are"
  }

  /// For people.
  private func text(of groups: [MachineCheckouts], _ view: View) -> String {
    var text = ""
    let now = Timestamp(milliseconds: Clock.nowMilliseconds)
    let colours = Colours.areWanted()
    for group in groups {
      if let machine = group.machine {
        if !text.isEmpty { text += "\n" }
        if group.isSilent {
          text += Self.silence(of: group) + "\n"
          continue
        }
        let time = group.taken.map { $0.age(at: now) } ?? "now"
        text += StateView.heading("\(Quoting.visible(machine.name)), \(time)", colours: colours)
      }
      let lines = group.shown(in: view, now: now, home: Environment.home?.text)
      text += StateView(lines, all: all, verbose: verbose, width: Terminal.width ?? 80).text(colours: colours)
    }
    return text
  }
}
