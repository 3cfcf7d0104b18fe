import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import ByteStrings
import Registry
import RegistryStore

struct MachineCommand: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra machine",
    abstract: "Show the machines of the registry, and take out those that are no more.",
    usage: """
      dev-infra machine list [--json]
      dev-infra machine show [--json] [<m>...]
      dev-infra machine rename [--quiet] <name>
      dev-infra machine remove [--quiet] [--dry-run] <m>...
      dev-infra machine merge [--quiet] [--dry-run] <m>
      """)

  @Flag(help: "Print JSON.")
  var json = false
  @Flag(name: .shortAndLong, help: "Print nothing but warnings and errors.")
  var quiet = false
  @Flag(name: [.customShort("n"), .long], help: "Print what would be done, and change nothing.")
  var dryRun = false
  @Argument(help: .hidden)
  var subcommand: String?
  @Argument(help: "Machines: an id or the beginning of one, or a name.")
  var m: [String] = []

  private enum Action: String { case list, show, rename, remove, rm, merge }
  private var action: Action? { subcommand.map { Action(rawValue: $0) } ?? .list }

  func validate() throws {
    guard let action else {
      throw ValidationError(
        "there is no 'dev-infra machine \(Quoting.visible(subcommand ?? ""))': list, show, rename, remove and merge are known"
      )
    }
    let (least, most) =
      switch action {
      case .list: (0, 0)
      case .show: (0, Int.max)
      case .rename: (1, 2)
      case .remove, .rm: (1, Int.max)
      case .merge: (1, 1)
      }
    if m.count < least {
      throw ValidationError(action == .rename ? "a name is missing" : "a machine is missing")
    }
    if m.count > most { throw ValidationError("there are too many arguments") }
    if json, action != .list, action != .show { throw ValidationError("--json goes with list and show only") }
    if dryRun, !changesOthers {
      throw ValidationError("--dry-run goes with remove and merge only")
    }
    if action == .rename, let problem = m.last.flatMap(LocalMachine.problem(withName:)) {
      throw ValidationError(problem)
    }
  }

  /// Whether it is about machines that are no more.
  private var changesOthers: Bool {
    switch action {
    case .remove, .rm, .merge: true
    case .list, .show, .rename, nil: false
    }
  }

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    if changesOthers, !dryRun { try store.dropStates() }
    let known = try store.knownMachines()
    let change = MachineChange(known: known, quiet: quiet, dryRun: dryRun)
    var output = Output()
    switch action ?? .list {
    case .list: try MachineList(known: known, json: json).list(store, &output)
    case .show: try MachineList(known: known, json: json).show(m, store, &output)
    case .rename: try change.rename(m, store, &output)
    case .remove, .rm: try change.remove(m, store, &output)
    case .merge: try change.merge(m[0], store, &output)
    }
    try output.flush()
    return ExitStatus.success
  }
}
