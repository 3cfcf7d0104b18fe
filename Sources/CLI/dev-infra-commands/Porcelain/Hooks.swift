import ArgumentParser
import CommandLineTool
import Terminal
import FeatureReporting
import IndexReporting
import HookSetup
import SystemSupport
import ByteStrings
import RegistryIndex
import SystemPackage

struct Hooks: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra hooks", abstract: "Let repositories register themselves by git hooks.",
    usage: """
      dev-infra hooks install [--global | --repo <dir> | --all] [--events <events>]
      dev-infra hooks uninstall [--global | --repo <dir> | --all]
      dev-infra hooks status [--global | --repo <dir> | --all]
      """)

  private enum Action: String { case install, uninstall, status }

  @Flag(help: "For every repository that git makes or clones from now on.")
  var global = false
  @Option(
    help: ArgumentHelp(
      "For the repository at this directory; the current one is taken without.", valueName: "dir"))
  var repo: String?
  @Flag(help: "For every registered repository on this machine.")
  var all = false
  @Option(
    help: ArgumentHelp(
      "Any of pre-push, post-checkout and post-commit, with commas; pre-push without.", valueName: "events"))
  var events: String?
  @Argument(help: .hidden)
  var subcommand: String?
  @Argument(help: .hidden)
  var others: [String] = []
  /// What is to be done; ``validate()`` sees to it that there is something.
  private var action: Action { subcommand.flatMap(Action.init) ?? .status }

  func validate() throws {
    guard let subcommand else { throw ValidationError("install, uninstall or status is missing") }
    guard Action(rawValue: subcommand) != nil else {
      throw ValidationError(
        "there is no 'dev-infra hooks \(Quoting.visible(subcommand))': install, uninstall and status are known"
      )
    }
    if let other = others.first {
      throw ValidationError(
        "unexpected argument '\(Quoting.visible(other))': --repo names a repository's directory")
    }
    if [global, repo != nil, all].count(where: { $0 }) > 1 {
      throw ValidationError("--global, --repo and --all exclude each other")
    }
    if events != nil, action != .install { throw ValidationError("--events goes with install only") }
    if let events, HookEvent.list(events) == nil {
      throw ValidationError(
        "--events takes pre-push, post-checkout and post-commit, with commas between them")
    }
  }

  func execute() throws -> Int32 {
    let executables = try Environment.requireExecutablePath()
    guard let home = Environment.home else {
      throw Failure.fatal("no directory for what is installed: HOME is not set")
    }
    // The XDG Base Directory Specification says to ignore a relative path; git would look for the template relative to wherever
    // it runs.
    let data = Environment["XDG_DATA_HOME"].map { FilePath(text: $0) }.flatMap { $0.isAbsolute ? $0 : nil }
    let setup = HookSetup(
      register: executables.appending("dev-infra-hook-register"),
      memory: (data ?? home.pushing(".local/share")).pushing("dev-infra/hooks"),
      version: try GitVersion.installed())
    // A lock file of git left behind would keep users from changing their own configuration.
    if action != .status { try Interruption.watch() }
    var output = Output()
    var status = ExitStatus.success
    func tell(_ report: HookReport) throws {
      for finding in report.findings { try output.line(finding.sentence) }
      try output.flush()
      for hint in report.advice.flatMap(\.sentences) { Messages.hint(hint) }
      if !report.isComplete { status = ExitStatus.no }
    }
    defer { if action != .uninstall { Self.tellOfMissingRegistry() } }
    if global {
      try tell(act(UserHooks(setup, file: UserHooks.configurationFile(home: home))))
      return status
    }
    var seen: Set<FilePath> = []
    for directory in try directories() {
      do {
        let repository = try RepositoryHooks(directory, setup)
        if seen.insert(repository.commonDirectory).inserted { try tell(act(repository)) }
      } catch  where all && Interruption.signal == nil {
        Messages.error(Failure(error).during("hooks of \(directory.visible)"))
        status = ExitStatus.no
      }
    }
    return status
  }

  /// A hook makes no registry, and says nothing where there is none: it runs for others, in containers and as root, too.
  private static func tellOfMissingRegistry() {
    guard let file = try? ViewFile.ofEnvironment(), (try? file.exists()) == false else { return }
    Messages.hint(
      "there is no registry at \(file.registry.visible), so hooks register nothing: 'dev-infra init' makes it"
    )
  }

  private func directories() throws -> [FilePath] {
    guard all else { return [FilePath(text: repo ?? ".")] }
    let paths = try ViewFile.ofEnvironment().fresh().rows.flatMap(\.paths).map { FilePath(text: $0) }
    return paths.filter { Files.kind(of: $0) == .directory }
  }

  private func act(_ place: some HookPlace) throws -> HookReport {
    switch action {
    case .install: try place.install(events.flatMap(HookEvent.list) ?? [.prePush])
    case .uninstall: try place.uninstall()
    case .status: try place.status()
    }
  }
}
