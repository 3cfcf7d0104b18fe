import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import Git
import SystemSupport
import ByteStrings
import RegistryIndex
import RegistryStore
import SystemPackage

struct Register: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra register", abstract: "Put projects into the registry of this machine.",
    usage: """
      dev-infra register [--recursive] [--no-restore] [--quiet] [--dry-run] [--bare] [--nested] [--submodules] \
      [--max-depth <n>] [--exclude <pattern>]... [<dir>...]
      """)

  @Flag(name: .shortAndLong, help: "Register every repository below the directories.")
  var recursive = false
  @Flag(help: "Leave out what was removed from the registry, as --recursive does.")
  var noRestore = false
  @Flag(name: .shortAndLong, help: "Print only what failed.")
  var quiet = false
  @Flag(name: [.customShort("n"), .long], help: "Print what would be done, and change nothing.")
  var dryRun = false
  @Flag(help: "With --recursive: also bare repositories.")
  var bare = false
  @Flag(help: "With --recursive: also repositories inside others' work trees.")
  var nested = false
  @Flag(help: "With --recursive: also submodules.")
  var submodules = false
  @Option(help: ArgumentHelp("With --recursive: go down this many directories.", valueName: "n"))
  var maxDepth: Int?
  @Option(
    help: ArgumentHelp("With --recursive: leave out what matches; may be repeated.", valueName: "pattern"))
  var exclude: [String] = []
  @Argument(help: "Directories; the current one without any.")
  var dir: [String] = []

  func execute() throws -> Int32 {
    let operands = (dir.isEmpty ? ["."] : dir).map { FilePath(text: $0) }
    let file = try ViewFile.ofEnvironment()
    var search = newSearch()
    let directories = recursive ? try search.run(below: operands, except: file.registry) : operands
    // A registry is not made for nothing.
    let changesNothing = try dryRun || (!file.exists() && !Self.isAnyProject(directories))
    let scratch = try changesNothing ? RegistryStore.scratchIfMissing() : nil
    defer { if let scratch { try? Files.removeTree(scratch) } }
    let store = try scratch.map { try RegistryStore.open($0) } ?? RegistryStore.makingIfMissing()
    if recursive, directories.isEmpty, search.failures == 0, !quiet {
      let places = operands.map { "'\($0.visible)'" }.joined(separator: " and ")
      Messages.warning("found no repository below \(places)")
    }
    var progress = Progress("Reading projects", total: directories.count, quiet: quiet)
    let result = try store.register(
      directories, areFound: recursive, dryRun: changesNothing, restoring: !recursive && !noRestore
    ) { reading in
      switch reading {
      case .read(let count): progress.update(count)
      case .finished(let count): progress.finish(count)
      }
    }
    if recursive, !changesNothing { try store.remember(roots: operands) }
    try report(result)
    return result.failures.isEmpty && search.failures == 0 ? ExitStatus.success : ExitStatus.no
  }

  private func report(_ result: RegisterResult) throws {
    var output = Output()
    for warning in result.warnings { Messages.warning(warning.sentence) }
    for error in result.failures { Messages.error(error) }
    for registration in result.registrations {
      for warning in registration.warnings { Messages.warning(warning.sentence) }
      if quiet { continue }
      let name = Quoting.visible(registration.name)
      switch registration.change {
      case .registered: try output.line("registered \(name) (\(registration.path.visible))")
      case .updated: try output.line("updated \(name) (\(registration.path.visible))")
      case .unchanged: if !recursive { try output.line("unchanged \(name) (\(registration.path.visible))") }
      }
    }
    try output.flush()
  }

  /// Whether any of these can be registered; asked only where there is no registry yet, and up to the first that can.
  private static func isAnyProject(_ directories: [FilePath]) -> Bool {
    directories.contains { (try? ProjectDirectory($0)) != nil }
  }

  private func newSearch() -> RepositorySearch {
    var finder = RepositoryFinder()
    finder.bare = bare
    finder.nested = nested
    finder.submodules = submodules
    finder.maximumDepth = maxDepth
    finder.excluded = exclude
    return RepositorySearch(finder, isQuiet: quiet)
  }
}
