import ArgumentParser
import ByteStrings
import CommandLineTool
import HTTPServer
import Opening
import RecordServer
import RegistryIndex
import SystemPackage
import SystemSupport
import Terminal

struct WebCommand: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra web", abstract: "Show the registry in a browser.",
    usage: "dev-infra web [--port <n>] [--registry <dir>] [--browser <command> | --no-browser]")

  @Option(help: ArgumentHelp("Where to listen on loopback; a free port unless given.", valueName: "n"))
  var port: UInt16 = 0
  @Option(help: ArgumentHelp("The registry; the user's own unless given.", valueName: "dir"))
  var registry: String?
  @Option(help: ArgumentHelp("The browser to open.", valueName: "command"))
  var browser: String?
  @Flag(name: [.customShort("n"), .long], help: "Print the link, and open no browser.")
  var noBrowser = false

  func validate() throws {
    if noBrowser, browser != nil { throw ValidationError("--browser and --no-browser exclude each other") }
  }

  func execute() throws -> Int32 {
    let directory = try ServedRegistry.directory(registry)
    try ViewFile(registry: directory).requireRegistry()
    var options = DaemonOptions(registry: directory)
    options.listen = try ListenAddress("127.0.0.1:\(port)")
    options.logLevel = .warning
    options.limits.fit(openFiles: OpenFiles.raiseLimit())
    options.isPersonal = true
    options.pages = Environment.executablePath?.pushing("../../share/dev-infra/web")
    let linkFile = try chosenBrowser().map { LinkFile(Self.place(in: directory), browser: $0) }
    defer { if let linkFile { Files.remove(linkFile.path) } }
    try DaemonServer(options, delegate: DaemonTerminal(linkFile: linkFile)).run()
    return ExitStatus.success
  }

  /// The browser that is asked for, else the one that the user has chosen, else the desktop's; nil where there is no desktop.
  private func chosenBrowser() throws -> Browser? {
    if noBrowser { return nil }
    if let browser = browser.flatMap({ Browser(command: $0) }) { return browser }
    return try Browser.chosen() ?? (Browser.hasDesktop ? .ofUser() : nil)
  }

  /// Where the file is by which a browser gets its link.
  private static func place(in registry: FilePath) -> FilePath {
    let runtime = Environment["XDG_RUNTIME_DIR"].map { FilePath(text: $0) }
    let directory =
      runtime.flatMap { $0.isAbsolute && Files.kind(of: $0) == .directory ? $0 : nil }
      ?? registry.appending("daemon")
    return directory.appending("dev-infra-web-\(Host.randomHex(8)).html")
  }
}
