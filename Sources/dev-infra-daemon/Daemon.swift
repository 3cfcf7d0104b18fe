public import ArgumentParser
import CommandLineTool
import Console
public import Daemon
import Platform
import SystemPackage

@main
struct DaemonCommand: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra daemon", abstract: "Serve the registry over HTTP.",
    usage: "dev-infra daemon [--listen ADDRESS:PORT] [--registry DIR] [--log-level LEVEL]")

  @Option(help: ArgumentHelp("Where to listen; port 0 takes a free one.", valueName: "address:port"))
  var listen = "127.0.0.1:5000"
  @Option(help: ArgumentHelp("The registry; made where it is missing.", valueName: "dir"))
  var registry: String?
  @Option(help: ArgumentHelp("How much to say: error, warning, info or debug.", valueName: "level"))
  var logLevel = LogLevel.info
  // Behaves as work-prod 0.3.0 does, quirks included, on records of its own: for tests of clients.
  @Flag(help: .hidden)
  var plain = false

  func execute() throws -> Int32 {
    guard let directory = try given() ?? Environment.registryDirectory else {
      throw Failure.fatal("no registry: neither --registry nor DEV_INFRA_DIR nor HOME is set")
    }
    var options = DaemonOptions(registry: directory)
    options.listen = try ListenAddress(listen)
    options.logLevel = logLevel
    options.isPlain = plain
    try DaemonServer(options).run()
    return ExitStatus.success
  }

  private func given() throws -> FilePath? {
    guard let registry else { return nil }
    return FilePath(text: registry).absolute(against: try Environment.currentDirectory())
  }
}

extension LogLevel: ExpressibleByArgument {}
