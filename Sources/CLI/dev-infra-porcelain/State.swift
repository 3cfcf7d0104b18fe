import ArgumentParser
import CommandLineTool
import Git
import Listing
import Terminal
import IndexReporting
import RegistryReporting
import SystemSupport
import ByteStrings
import Registry
import RegistryIndex
import RegistryStore
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
    let checkouts = groups.flatMap(\.checkouts)
    if json {
      var output = Output()
      try output.write(JSON.array(groups.flatMap(\.records)).canonical)
      try output.flush()
    } else if !z, Terminal.isTerminal(1) {
      try show(groups, of: view)
    } else {
      try list(groups)
    }
    if json || z || !Terminal.isTerminal(1) {
      for group in groups where group.isSilent { Messages.note(group.silence) }
    }
    // What another machine could not read is what it says, and no failure of this command.
    let errors = groups.filter(\.isLive).flatMap(\.checkouts).compactMap(\.state.error)
    for error in errors { Messages.error(error) }
    if !errors.isEmpty { return ExitStatus.no }
    return exitCode && checkouts.contains { $0.state.needsAttention } ? ExitStatus.no : ExitStatus.success
  }

  // MARK: Machines

  /// The checkouts of one machine.
  struct Group {
    /// The machine; nil where only this one is asked about.
    let machine: KnownMachine?
    /// When it looked; nil for now, and where it has never said anything.
    let taken: Timestamp?
    let checkouts: [Examined]

    var isLive: Bool { machine?.isHere ?? true }
    /// Whether it is a machine that has not told how its checkouts are.
    var isSilent: Bool { !isLive && taken == nil }
    var silence: String { "\(Quoting.visible(machine?.name ?? "")) has not told how its checkouts are" }

    /// An object for each checkout.
    var records: [JSON] {
      checkouts.map { checkout in
        var members = checkout.state.json.object ?? [:]
        members["id"] = .string(checkout.row.id)
        members["name"] = .string(checkout.row.name)
        if let machine {
          members["machine"] = .string(machine.id.hex)
          members["machine_name"] = .string(machine.name)
          members["taken"] = checkout.taken.map { .string($0.description) } ?? .null
        }
        return .object(members)
      }
    }
  }

  /// The checkouts that are asked about, machine by machine, this one first.
  private func groups(of view: View) throws -> [Group] {
    guard allMachines || !filters.machines.isEmpty else {
      return [Group(machine: nil, taken: nil, checkouts: Self.examine(try rows(of: view)))]
    }
    let store = try RegistryStore.ofEnvironment()
    let known = try store.knownMachines()
    var machines = known.filter(\.isHere) + known.filter { !$0.isHere }
    if !allMachines {
      let named = try filters.machines.map { try store.machine(named: $0, among: known).id }
      machines = machines.filter { named.contains($0.id) }
    }
    let words = try Operands.texts(p, stdin: stdin, format: RecordFormat(z: z))
    let groups = try machines.map { machine in
      if machine.isHere {
        let rows = try rows(of: view, on: machine, words)
        return Group(machine: machine, taken: nil, checkouts: Self.examine(rows))
      }
      let state = store.states(of: [machine.id]).first
      let rows = try rows(of: view, on: machine, words, saying: state)
      let checkouts = rows.flatMap { row -> [Examined] in
        guard let state, let id = ProjectID(row.id) else { return [] }
        return (state.projects[id]?.places ?? []).compactMap { CheckoutState(json: $0) }.map {
          Examined(row: row, state: $0, taken: state.time(of: id))
        }
      }
      return Group(machine: machine, taken: state?.taken, checkouts: checkouts)
    }
    if !allMachines, let silent = groups.first(where: \.isSilent), groups.allSatisfy(\.isSilent) {
      throw Failure.no(
        silent.silence,
        hints:
          "'dev-infra pull' brings what it sent with its last push; dev-infra.state there says how much that is"
      )
    }
    return groups
  }

  /// What exists on this machine only: what one asks before a disk is wiped.
  private func showUnsaved(_ rows: [ViewRow], of view: View) throws -> Int32 {
    let directory = try Environment.currentDirectory()
    var roots: [FilePath] = []
    for text in outside {
      let root = FilePath(text: text).absolute(against: directory)
      guard let resolved = root.resolved, Files.kind(of: resolved) == .directory else {
        throw Failure.fatal("looking for files in \(root.visible) failed: it is not a directory")
      }
      roots.append(resolved)
    }
    let places = rows.flatMap { row in row.paths.map { FilePath(text: $0) } }
    var report = UnsavedFindings()
    var progress = Progress("Examining work trees", total: places.count)
    let parts = Set(rows.filter { !$0.isEmpty(.subdirectory) }.flatMap(\.paths).map { FilePath(text: $0) })
    let results = UnsavedWork.readAll(places, parts: parts) { progress.update($0) }
    progress.finish(places.count)
    for (path, result) in zip(places, results) { report.take(path, result) }
    let store = try RegistryStore.ofEnvironment()
    // Of some projects only these are asked for.
    if filters.isEmpty, p.isEmpty, !stdin { try report.takeRegistry(store) }
    if !roots.isEmpty {
      let registered = Set(view.rows.flatMap { row in row.paths.map { FilePath(text: $0) } })
      let search = OutsideFiles(
        registered: registered, excluded: [store.directory.resolved ?? store.directory])
      for root in roots { report.take(search.search(root)) }
    }
    try report.write(z: z, json: json)
    if report.all.isEmpty { return ExitStatus.success }
    Messages.note("\(report.all.count == 1 ? "something is" : "some things are") on this machine only")
    return ExitStatus.no
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
    let isHere = machine?.isHere ?? true
    func has(_ row: ViewRow) -> Bool {
      machine.map { row.list(.machines).contains($0.id.hex) } ?? !row.paths.isEmpty
    }
    if stdin || !words.isEmpty {
      let ids = try ids(of: words, view, selection)
      selection.ids = ids
      // What is named and is not there has no state; that is said.
      for id in allMachines ? [] : ids.sorted() {
        guard let row = view.row(id: id), !has(row) else { continue }
        guard let machine, !machine.isHere else {
          throw Failure.no(
            "\(Quoting.visible(row.name)) is not on this machine", hints: "'dev-infra clone' brings it here")
        }
        throw Failure.no("\(Quoting.visible(row.name)) is not on \(Quoting.visible(machine.name))")
      }
    }
    if isHere {
      let rows = try selection.rows(of: view, states: CheckoutStates()).filter { !$0.paths.isEmpty }
      if rows.isEmpty, selection.isNarrowed, !allMachines { throw EmptyList.failure(selection, of: view) }
      return rows
    }
    selection.all = true
    let condition = selection.condition
    selection.condition = nil
    let rows = try selection.rows(of: view).filter(has)
    guard let condition else { return rows }
    let test = ConditionTest(condition, of: view, now: selection.now, home: selection.home)
    return rows.filter { row in
      let places = ProjectID(row.id).flatMap { state?.projects[$0]?.places } ?? []
      return test.holds(for: row, places.map { CheckoutFacts($0) }) == .yes
    }
  }

  private func ids(of words: [String], _ view: View, _ selection: Selection) throws -> Set<String> {
    var ids: Set<String> = []
    for query in try ProjectQuery.all(words) {
      do {
        ids.insert(try query.find(in: view).id)
      } catch let error as RegistryIndexError {
        var globbed = selection
        guard case .unknownProject = error, Selection.isGlob(query.text) else { throw error }
        globbed.patterns = [query.text]
        globbed.condition = nil
        globbed.all = allMachines || !filters.machines.isEmpty
        let matched = try globbed.rows(of: view)
        if matched.isEmpty { throw EmptyList.failure(globbed, of: view) }
        ids.formUnion(matched.map(\.id))
      }
    }
    return ids
  }

  /// A checkout of a project.
  struct Examined {
    let row: ViewRow
    let state: CheckoutState
    /// When another machine looked; nil for now.
    var taken: Timestamp?
  }

  private static func examine(_ rows: [ViewRow]) -> [Examined] {
    let places = rows.flatMap { row in row.paths.map { (row, FilePath(text: $0)) } }
    let parts = Set(places.filter { !$0.0.isEmpty(.subdirectory) }.map(\.1))
    var progress = Progress("Examining work trees", total: places.count)
    let states = CheckoutState.examine(
      places.map(\.1),
      {
        var options = CheckoutState.Options()
        options.allowsParts = parts.contains($0)
        return options
      }, progress: { progress.update($0) })
    progress.finish(places.count)
    return zip(places, states).map { Examined(row: $0.0, state: $1) }
  }

  /// For scripts: a line a checkout.
  private func list(_ groups: [Group]) throws {
    let format = RecordFormat(z: z)
    let atoms: [StateAtom] = [
      .path, .branch, .staged, .changed, .untracked, .conflicted, .stashes, .ahead, .behind, .unpushed,
      .operation,
    ]
    let tab = [UInt8(ascii: "\t")]
    var output = Output(format)
    for group in groups {
      for checkout in group.checkouts {
        var text = format.field(checkout.row.name)
        for atom in atoms { text += tab + format.field(atom.text(of: checkout.state)) }
        if let machine = group.machine {
          text += tab + format.field(machine.name) + tab + Array((checkout.taken?.description ?? "").utf8)
        }
        try output.record(formatted: text)
      }
    }
    try output.flush()
  }

  /// For people.
  private func show(_ groups: [Group], of view: View) throws {
    var text = ""
    let now = Timestamp(milliseconds: Clock.nowMilliseconds)
    let colours = Colours.areWanted()
    for group in groups {
      if let machine = group.machine {
        if !text.isEmpty { text += "\n" }
        if group.isSilent {
          text += group.silence + "\n"
          continue
        }
        let time = group.taken.map { $0.age(at: now) } ?? "now"
        text += StateView.heading(
          "\(Quoting.visible(machine.name)), \(time)", colours: colours)
      }
      text += StateView(
        lines(of: group, view, now), all: all, verbose: verbose, width: Terminal.width ?? 80
      ).text(colours: colours)
    }
    var output = Output()
    try output.draw(text)
  }

  private func lines(of group: Group, _ view: View, _ now: Timestamp) -> [StateLine] {
    let names = view.ownersOfSharedNames(in: group.checkouts.map(\.row))
    var places: [String: Int] = [:]
    for checkout in group.checkouts { places[checkout.row.id, default: 0] += 1 }
    return group.checkouts.map { checkout in
      var name = Quoting.visible(names[checkout.row.id] ?? checkout.row.name)
      if places[checkout.row.id] ?? 0 > 1 {
        name += " (\(Quoting.visible(HomePath.short(checkout.state.path.text))))"
      }
      // What was not ready in time is older than the rest.
      let age = checkout.taken == group.taken ? nil : checkout.taken?.age(at: now)
      return StateLine(name: name, state: StateMarks(checkout.state), age: age)
    }
  }
}
