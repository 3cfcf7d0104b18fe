public import ArgumentParser
import CommandLineTool
import Terminal
public import RecordServer
import HTTPServer
import SystemSupport
import ByteStrings
import SystemPackage

struct DaemonCommand: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra daemon", abstract: "Serve the registry over HTTP.",
    usage: """
      dev-infra daemon [--listen <address>:<port>] [--registry <dir>] [--log-level <level>] \
      [--max-push <size>] [--tls-certificate <file> --tls-key <file>] [--allow-host <name>]... \
      [--allow-origin <origin>]...
      dev-infra daemon key add [--read-only | --no-paths] [--registry <dir>] <name>
      dev-infra daemon key list [--registry <dir>]
      dev-infra daemon key revoke [--registry <dir>] <name>
      """)

  @Option(help: ArgumentHelp("Where to listen; port 0 takes a free one.", valueName: "address:port"))
  var listen = "127.0.0.1:5000"
  @Option(help: ArgumentHelp("The registry; made where it is missing.", valueName: "dir"))
  var registry: String?
  @Option(help: ArgumentHelp("How much to say: error, warning, info or debug.", valueName: "level"))
  var logLevel = LogLevel.info
  @Option(
    help: ArgumentHelp("The most that a push by git may have: bytes, or k, m or g behind.", valueName: "size")
  )
  var maxPush = ByteSize(bytes: 128 << 20)
  @Option(help: ArgumentHelp("Serve by TLS, with this certificate.", valueName: "file"))
  var tlsCertificate: String?
  @Option(help: ArgumentHelp("The private key that belongs to it.", valueName: "file"))
  var tlsKey: String?
  @Option(help: ArgumentHelp("Answer to this name too; may be repeated.", valueName: "name"))
  var allowHost: [String] = []
  @Option(help: ArgumentHelp("Let web pages of this origin use it; may be repeated.", valueName: "origin"))
  var allowOrigin: [String] = []
  // Behaves as work-prod 0.3.0 does, quirks included, on records of its own: for tests of clients.
  @Flag(help: .hidden)
  var plain = false

  func validate() throws {
    if (tlsCertificate == nil) != (tlsKey == nil) {
      throw ValidationError("--tls-certificate and --tls-key go together")
    }
    for origin in allowOrigin where !Origins.isOrigin(origin) {
      throw ValidationError("'\(Quoting.visible(origin))' is not an origin, such as https://example.org")
    }
  }

  func execute() throws -> Int32 {
    var options = DaemonOptions(registry: try ServedRegistry.directory(registry))
    options.listen = try ListenAddress(listen)
    options.logLevel = logLevel
    options.limits.push = maxPush.bytes
    options.limits.fit(openFiles: OpenFiles.raiseLimit())
    options.isPlain = plain
    options.hosts = allowHost
    options.origins = allowOrigin
    if let tlsCertificate, let tlsKey {
      options.tls = (FilePath(text: tlsCertificate), FilePath(text: tlsKey))
    }
    if let executables = Environment.executablePath {
      options.hooks = executables.appending("receive-hooks")
      options.description = executables.pushing("../../share/dev-infra/openapi.yaml")
      options.pages = executables.pushing("../../share/dev-infra/web")
    }
    try DaemonServer(options, delegate: DaemonTerminal()).run()
    return ExitStatus.success
  }
}

extension LogLevel: ExpressibleByArgument {}

/// A number of bytes as git writes one: `k`, `m` or `g` behind it stands for as many times 1024.
struct ByteSize: ExpressibleByArgument, CustomStringConvertible {
  let bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  /// Reads one; nil for anything else, and for what no push could have.
  init?(argument: String) {
    let shifts: [Character: Int] = ["k": 10, "m": 20, "g": 30]
    let shift = argument.lowercased().last.flatMap { shifts[$0] }
    guard let number = Int(shift == nil ? argument[...] : argument.dropLast()), number > 0,
      number <= Self.largest >> (shift ?? 0)
    else { return nil }
    bytes = number << (shift ?? 0)
  }

  private static let largest = 1 << 40

  var description: String { String(bytes) }
}
