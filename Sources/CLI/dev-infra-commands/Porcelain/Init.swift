import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import SystemSupport
import ByteStrings
import RegistryStore
import RegistryIndex
import SystemPackage

struct Init: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra init", abstract: "Make the registry of this machine.",
    usage: "dev-infra init [--name <name>] [--timeout <seconds>] [--encrypt [<key>...]] [--quiet] [<url>]")

  @Option(help: ArgumentHelp("What this machine is called; its host name without one.", valueName: "name"))
  var name: String?
  @Option(help: ArgumentHelp("Seconds that the remote may stay silent.", valueName: "seconds"))
  var timeout: Int?
  @Flag(help: "Encrypt the remote: to the keys given before its URL, or to your own.")
  var encrypt = false
  @Flag(name: .shortAndLong, help: "Print only what failed.")
  var quiet = false
  @Argument(help: ArgumentHelp("A remote to take the registry from; it becomes 'origin'.", valueName: "url"))
  var operands: [String] = []

  private var url: String? { operands.last }
  private var keys: [String] { Array(operands.dropLast()) }

  func validate() throws {
    if encrypt, operands.isEmpty { throw ValidationError("--encrypt goes with a URL") }
    if !encrypt, let surplus = operands.dropFirst().first {
      throw ValidationError("unexpected argument '\(Quoting.visible(surplus))'")
    }
    if let problem = name.flatMap(LocalMachine.problem(withName:)) { throw ValidationError(problem) }
  }

  func execute() throws -> Int32 {
    let registry = try ViewFile.ofEnvironment().registry
    if try ViewFile(registry: registry).exists() {
      let machine = try RegistryStore.open(registry).machine
      if let name, !name.hasSameBytes(as: machine.name) {
        throw Failure.fatal(
          "there is a registry at \(registry.visible) already, in which this machine is called "
            + "'\(Quoting.visible(machine.name))'; nothing has been changed",
          hints: "'dev-infra machine rename \(Quoting.visible(name))' gives it another name")
      }
      guard url == nil else {
        throw Failure.fatal(
          "there is a registry at \(registry.visible) already; nothing has been changed",
          hints: "'dev-infra remote add origin URL' and 'dev-infra pull' bring the remote's projects into it")
      }
      if !quiet {
        Messages.note("The registry at \(registry.visible) already exists; nothing has been changed.")
      }
      return ExitStatus.success
    }
    // What is half made is to go with a command that is interrupted.
    try Interruption.watch()
    try RegistryStore.create(at: registry, name: name) { place in
      guard let url else { return }
      try Self.dispatch(
        ["remote", "add"] + (encrypt ? ["--encrypt", "--"] + keys : ["--"]) + ["origin", url], in: place)
      // What is new is all that there is, and nobody is shown it.
      var pull = ["pull", "--no-stat"]
      if quiet { pull.append("--quiet") }
      if let timeout { pull += ["--timeout", String(timeout)] }
      try Self.dispatch(pull + ["origin"], in: place)
    }
    if !quiet {
      var output = Output()
      try output.line("Made the registry \(registry.visible)\(url == nil ? "" : " from its remote 'origin'")")
      try output.flush()
    }
    if url != nil { try Self.warnOfName(RegistryStore.open(registry)) }
    return ExitStatus.success
  }

  /// Warns of another machine with the same name: it may be this very machine, before it was set up anew.
  private static func warnOfName(_ store: borrowing RegistryStore) throws {
    let own = store.machine.name
    // The machines' data is read only where the name is taken.
    guard try store.hasMachine(named: own) else { return }
    let others = try store.knownMachines().filter { !$0.isHere && $0.name.hasSameBytes(as: own) }
    for other in others {
      let push = other.lastPush.map { ", which last pushed at \($0)" } ?? ""
      Messages.warning(
        "the registry has a machine '\(Quoting.visible(own))' already, \(other.id)\(push): now there are two of that name"
      )
      Messages.hint(
        "'dev-infra machine merge \(other.id)' makes this one its successor, 'dev-infra machine rename NAME' tells them apart"
      )
    }
  }

  /// Runs a command of this installation on the registry at `place`; its messages go to stderr as they come.
  private static func dispatch(_ words: [String], in place: FilePath) throws {
    let tool = try Environment.requireExecutablePath().appending("dev-infra-\(words[0])")
    var command = ChildProcess(tool.text, Array(words.dropFirst()))
    command.environment = [
      "DEV_INFRA_DIR": place.text, "DEV_INFRA_EXEC_PATH": tool.removingLastComponent().text,
    ]
    let relay = ErrorRelay()
    command.onErrors = { relay.pass($0) }
    defer { relay.end() }
    guard try command.run().termination == .exited(0) else {
      throw Failure.fatal("making the registry from its remote failed; nothing has been made")
    }
  }
}
