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
    commandName: "dev-infra state", abstract: "Show what is left undone in the checkouts of this machine.",
    usage: """
      dev-infra state [--all] [-v] [--json] [-z] [--exit-code] [<filters>] [--stdin] [<p>...]
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
  @Flag(help: "End with 1 when something needs attention.")
  var exitCode = false
  @OptionGroup var filters: FilterOptions
  @Flag(help: "Also take projects from standard input.")
  var stdin = false
  @Argument(help: "Projects: an id or its beginning, a name, owner/name, a URL or a path; or a glob.")
  var p: [String] = []

  func execute() throws -> Int32 {
    let view = try ViewFile.ofEnvironment().fresh()
    let rows = try rows(of: view)
    if unsaved { return try showUnsaved(rows, of: view) }
    let checkouts = Self.examine(rows)
    if json {
      var output = Output()
      let records = checkouts.map { checkout -> JSON in
        var members = checkout.state.json.object ?? [:]
        members["id"] = .string(checkout.row.id)
        members["name"] = .string(checkout.row.name)
        return .object(members)
      }
      try output.write(JSON.array(records).canonical)
      try output.flush()
    } else if !z, Terminal.isTerminal(1) {
      try show(checkouts, of: view)
    } else {
      try list(checkouts)
    }
    for error in checkouts.compactMap(\.state.error) { Messages.error(error) }
    if checkouts.contains(where: { $0.state.error != nil }) { return ExitStatus.no }
    return exitCode && checkouts.contains { $0.state.needsAttention } ? ExitStatus.no : ExitStatus.success
  }

  func validate() throws {
    if !outside.isEmpty, !unsaved { throw ValidationError("--outside goes with --unsaved") }
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
    var report = UnsavedReport()
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
    if report.findings.isEmpty { return ExitStatus.success }
    Messages.note("\(report.findings.count == 1 ? "something is" : "some things are") on this machine only")
    return ExitStatus.no
  }

  /// The projects that are meant: those that words name, or all that the filters leave.
  private func rows(of view: View) throws -> [ViewRow] {
    var selection = try filters.selection()
    selection.directory = try Environment.currentDirectory()
    let words = try Operands.texts(p, stdin: stdin, format: RecordFormat(z: z))
    if stdin || !words.isEmpty {
      var ids: Set<String> = []
      for query in try ProjectQuery.all(words) {
        do {
          ids.insert(try query.find(in: view).id)
        } catch let error as RegistryIndexError {
          var globbed = selection
          guard case .unknownProject = error, Selection.isGlob(query.text) else { throw error }
          globbed.patterns = [query.text]
          globbed.condition = nil
          let matched = try globbed.rows(of: view)
          if matched.isEmpty { throw EmptyList.failure(globbed, of: view) }
          ids.formUnion(matched.map(\.id))
        }
      }
      selection.ids = ids
      // What is named and is not here has no state; that is said.
      for id in ids.sorted() {
        guard let row = view.row(id: id), row.paths.isEmpty else { continue }
        throw Failure.no(
          "\(Quoting.visible(row.name)) is not on this machine", hints: "'dev-infra clone' brings it here")
      }
    }
    let rows = try selection.rows(of: view, states: CheckoutStates()).filter { !$0.paths.isEmpty }
    if rows.isEmpty, selection.isNarrowed { throw EmptyList.failure(selection, of: view) }
    return rows
  }

  /// A checkout of a project.
  struct Examined {
    let row: ViewRow
    let state: CheckoutState
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
  private func list(_ checkouts: [Examined]) throws {
    let format = RecordFormat(z: z)
    let atoms: [StateAtom] = [
      .path, .branch, .staged, .changed, .untracked, .conflicted, .stashes, .ahead, .behind, .unpushed,
      .operation,
    ]
    var output = Output(format)
    for checkout in checkouts {
      var text = format.field(checkout.row.name)
      for atom in atoms { text += [UInt8(ascii: "\t")] + format.field(atom.text(of: checkout.state)) }
      try output.record(formatted: text)
    }
    try output.flush()
  }

  /// For people.
  private func show(_ checkouts: [Examined], of view: View) throws {
    let names = view.ownersOfSharedNames(in: checkouts.map(\.row))
    var places: [String: Int] = [:]
    for checkout in checkouts { places[checkout.row.id, default: 0] += 1 }
    let home = Environment.home?.text
    let lines = checkouts.map { checkout in
      var name = Quoting.visible(names[checkout.row.id] ?? checkout.row.name)
      if places[checkout.row.id] ?? 0 > 1 {
        var path = checkout.state.path.text
        if let home, path.begins(with: home + "/") { path = "~" + path.dropFirst(home.count) }
        name += " (\(Quoting.visible(path)))"
      }
      return StateLine(name: name, checkout.state)
    }
    let text = StateView(lines, all: all, verbose: verbose, width: Terminal.width ?? 80)
      .text(colours: StateView.wantsColours)
    var output = Output()
    try output.draw(text)
  }
}
