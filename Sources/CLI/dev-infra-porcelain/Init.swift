import ArgumentParser
import CommandLineTool
import Terminal
import SystemSupport
import ByteStrings
import RegistryStore
import RegistryIndex
import SystemPackage

struct Init: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra init", abstract: "Make the registry of this machine.",
    usage: "dev-infra init [--name NAME] [--timeout SECONDS] [URL]")

  @Option(help: ArgumentHelp("What this machine is called; its host name without one.", valueName: "name"))
  var name: String?
  @Option(help: ArgumentHelp("Seconds that the remote may stay silent.", valueName: "seconds"))
  var timeout: Int?
  @Argument(help: "A remote to take the registry from; it becomes 'origin'.")
  var url: String?

  func validate() throws {
    if let name, name.isEmpty || name.count > 100 {
      throw ValidationError("a machine's name has 1 to 100 characters")
    }
    if let name, TextRule.line.firstRefused(in: name) != nil {
      throw ValidationError("a machine's name holds no control characters")
    }
  }

  func execute() throws -> Int32 {
    let registry = try ViewFile.ofEnvironment().registry
    if try ViewFile(registry: registry).exists() {
      _ = try RegistryStore.open(registry)
      guard url == nil else {
        throw Failure.fatal(
          "there is a registry at \(registry.visible) already; nothing has been changed",
          hints: "'dev-infra remote add origin URL' and 'dev-infra pull' bring the remote's projects into it")
      }
      Messages.note("The registry at \(registry.visible) is there already; nothing has been changed.")
      return ExitStatus.success
    }
    try RegistryStore.create(at: registry, name: name) { place in
      guard let url else { return }
      try Self.dispatch(["remote", "add", "--", "origin", url], in: place)
      try Self.dispatch(["pull"] + (timeout.map { ["--timeout", String($0)] } ?? []) + ["origin"], in: place)
    }
    var output = Output()
    try output.line("Made the registry \(registry.visible)\(url == nil ? "" : " from its remote 'origin'")")
    try output.flush()
    return ExitStatus.success
  }

  /// Runs a command of this installation on the registry at `place`; its messages go to stderr as they come.
  private static func dispatch(_ words: [String], in place: FilePath) throws {
    guard let tool = Environment.executablePath?.appending("dev-infra-\(words[0])") else {
      throw Failure.fatal("finding the installation's executables failed: /proc is not mounted")
    }
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
