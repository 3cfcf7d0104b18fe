import IndexReporting
import Picker
import PickerScreen
import Ranking
import Terminal
import SystemSupport
import ByteStrings
import RegistryIndex
import SystemPackage

/// `dev-infra pick`.
enum PickCommand {
  static let help = """
    OVERVIEW: Choose a project at the keyboard

    USAGE: dev-infra pick [--query <text>] [--select-1] [--exit-0] [--multi] [-z] [--format <format>] [--here] [--stdin]

    OPTIONS:
      -q, --query <text>      Begin with this text.
      -1, --select-1          Where one project alone fits, take it and ask nobody.
      -0, --exit-0            Where no project fits, ask nobody.
      -m, --multi             Several projects may be marked, by Tab.
      -z                      Records end in NUL and nothing is quoted.
      --format <format>       Print this of each project, as dev-infra-ls-projects does, in place of its path.
      --here                  Leave out what is not on this machine.
      --stdin                 Choose among the projects that standard input names.
      -h, --help              Show help information.

    """
  /// The exit statuses for leaving without a choice and for a failure: those of fzf(1).
  static let leftStatus: Int32 = 130
  static let faultStatus: Int32 = 2

  static func run(_ arguments: [String]) throws -> Int32 {
    let words = try CommandWords(arguments, help: help)
    guard words.operands.isEmpty else {
      throw Failure.usage(
        "unexpected argument '\(Quoting.visible(words.operands[0]))'; --query takes what to look for")
    }
    let record = RecordFormat(z: words.has("-z"))
    let format = try words.value(of: "--format").map { try RowFormat($0) }
    let file = try ViewFile.ofEnvironment()
    let view = try file.fresh()
    var places: [RowPlace]?
    if words.has("--stdin") {
      places = try ProjectQuery.all(Operands.texts([], stdin: true, format: record)).map {
        view.place(of: try $0.find(in: view))
      }
    }
    let uses = UseFile(registry: file.registry)
    let list = PickList(
      view, uses.read(), places: places, hereOnly: words.has("--here"), home: Environment.home?.text,
      now: UseFile.now)
    var state = PickerState(
      list, query: words.value(of: "--query") ?? "", takesMany: words.has("--multi"), needsPath: format == nil
    )
    guard let chosen = try choose(&state, words) else { return leftStatus }
    if chosen.isEmpty { return ExitStatus.no }
    let ids = chosen.map { view.row(at: $0).id }
    let away = format == nil ? chosen.map { view.row(at: $0) }.filter(\.paths.isEmpty).map(\.id) : []
    if !away.isEmpty { try clone(away) }
    let now = away.isEmpty ? view : try file.fresh()
    var status = ExitStatus.success
    var output = Output(record)
    for id in ids {
      guard let row = now.row(id: id) else { continue }
      do {
        if let format {
          try output.record(formatted: format.text(of: row, in: now, record))
        } else {
          try output.record(try now.placeHere(of: row))
        }
      } catch  where Failure(error).status == ExitStatus.no {
        Messages.error(error)
        status = faultStatus
      }
    }
    try output.flush()
    uses.note(ids)
    return status
  }

  /// What was chosen: nothing where nothing fits; nil where no choice was made.
  private static func choose(_ state: inout PickerState, _ words: CommandWords) throws -> [RowPlace]? {
    if words.has("--exit-0"), state.list.count == 0 { return [] }
    if words.has("--select-1"), state.list.count == 1, let only = state.current() { return [only] }
    guard ControllingTerminal.canDraw(on: Environment["TERM"]) else {
      let kind = Environment["TERM"] ?? ""
      throw Failure.fatal(
        "choosing a project needs a terminal that can be drawn on, and TERM is \(kind.isEmpty ? "not set" : "'\(Quoting.visible(kind))'")",
        hints: "'dev-infra list' shows the projects, and 'dev-infra path PART' takes part of a name")
    }
    guard let terminal = ControllingTerminal() else {
      throw Failure.fatal(
        "choosing a project needs a terminal, and there is no /dev/tty",
        hints: "'dev-infra path PART' takes part of a name, and --select-1 a project that alone fits --query")
    }
    try Interruption.watch()
    var screen = PickerScreen(
      terminal, preview: PickPreview(state.list.view), home: Environment.home?.text)
    switch try screen.run(&state) {
    case .picked(let places): return places
    case .nothing: return []
    case .left: return nil
    case .gone: throw Failure.fatal("choosing a project failed: the terminal was closed")
    }
  }

  /// Brings projects here; what is said of it goes to stderr, for what is picked goes to stdout.
  private static func clone(_ ids: [String]) throws {
    let tool = try Environment.requireExecutablePath().appending("dev-infra-clone")
    var process = ChildProcess(tool.text, ["--"] + ids)
    let relay = ErrorRelay()
    process.onErrors = relay.sink
    defer { relay.end() }
    let result = try process.run()
    relay.pass(result.output)
  }
}
