import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import SystemSupport
import ByteStrings
import RegistryStore
import RegistryIndex
import SystemPackage
import Templates

struct New: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra new", abstract: "Make a project from a template.",
    usage: """
      dev-infra new [--template <t>] [--description <text>] [--no-git] [--remote <url>] [--quiet] <name>
      dev-infra new --list
      """)

  @Option(help: ArgumentHelp("A template's name, its directory, or its URL or URL#REF.", valueName: "t"))
  var template = "standard-project"
  @Option(help: ArgumentHelp("One line about the project.", valueName: "text"))
  var description: String?
  @Flag(name: .customLong("no-git"), help: "Make no repository.")
  var noGit = false
  @Option(help: ArgumentHelp("What becomes the remote 'origin'; nothing is sent there.", valueName: "url"))
  var remote: String?
  @Flag(name: .shortAndLong, help: "Print only what failed.")
  var quiet = false
  @Flag(help: "List the templates that go by a name.")
  var list = false
  @Argument(help: "The project's directory, whose last part is its name.")
  var name: String?

  func validate() throws {
    if list, name != nil || description != nil || noGit || remote != nil || quiet {
      throw ValidationError("--list stands alone")
    }
    if !list, name == nil { throw ValidationError("Missing expected argument '<name>'") }
    if noGit, remote != nil { throw ValidationError("--remote needs a repository, and --no-git makes none") }
    if description?.holdsControl == true {
      throw ValidationError("the description has a control character; it is one line")
    }
  }

  func execute() throws -> Int32 {
    guard let name, !list else { return try showTemplates() }
    try Interruption.watch()
    var project = try NewProject(name, delegate: NewProjectTerminal())
    project.template = template
    project.description = description
    project.isRepository = !noGit
    project.remote = remote
    switch try project.make() {
    case .success(let registration):
      for warning in registration.warnings { Messages.warning(warning.sentence) }
      if quiet { return ExitStatus.success }
      var output = Output()
      try output.line("created \(Quoting.visible(registration.name)) (\(registration.path.visible))")
      try output.flush()
      return ExitStatus.success
    case .failure(let error):
      let failure = Failure(error)
      Messages.error(failure)
      return failure.status
    }
  }

  private func showTemplates() throws -> Int32 {
    let entries = try TemplateFolders(registry: ViewFile.ofEnvironment().registry).all()
    let width =
      Terminal.width == nil ? 0 : entries.map { DisplayWidth.of(Quoting.visible($0.name)) }.max() ?? 0
    var output = Output()
    for entry in entries {
      let shown = Quoting.visible(entry.name)
      let gap = width == 0 ? "\t" : String(repeating: " ", count: width - DisplayWidth.of(shown) + 2)
      try output.line(
        (width == 0 ? Quoting.quote(entry.name) : shown) + gap + (entry.isOwn ? "own" : "installed")
          + (width == 0 ? "\t" : "  ") + Quoting.visible(entry.summary))
    }
    try output.flush()
    return ExitStatus.success
  }
}
