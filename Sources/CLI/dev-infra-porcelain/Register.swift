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
    var failures = 0
    let directories = recursive ? try find(below: operands, except: file.registry, &failures) : operands
    // A registry is not made for nothing.
    let changesNothing = try dryRun || (!file.exists() && !Self.isAnyProject(directories))
    let scratch = try changesNothing ? RegistryStore.scratchIfMissing() : nil
    defer { if let scratch { try? Files.removeTree(scratch) } }
    let store = try scratch.map { try RegistryStore.open($0) } ?? RegistryStore.makingIfMissing()
    if recursive, directories.isEmpty, failures == 0, !quiet {
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
    return result.failures.isEmpty && failures == 0 ? ExitStatus.success : ExitStatus.no
  }

  /// Whether any of these can be registered; asked only where there is no registry yet, and up to the first that can.
  private static func isAnyProject(_ directories: [FilePath]) -> Bool {
    directories.contains { (try? ProjectDirectory($0)) != nil }
  }

  private func find(
    below roots: [FilePath], except registry: FilePath, _ failures: inout Int
  ) throws -> [FilePath] {
    var finder = RepositoryFinder()
    finder.bare = bare
    finder.nested = nested
    finder.submodules = submodules
    finder.maximumDepth = maxDepth
    finder.excluded = exclude
    var found: [FilePath] = []
    var warnings = 0
    var progress = Progress("Finding repositories", total: 0, quiet: quiet)
    for root in roots {
      guard let root = root.resolved, Files.kind(of: root) == .directory else {
        Messages.error("looking for repositories below \(root.visible) failed: it is not a directory")
        failures += 1
        continue
      }
      try finder.search(root) { repository in
        if repository.path == registry.resolved { return }
        found += repository.linkedWorkTrees
        found.append(repository.path)
        // A directory with metadata of its own is a project of its own.
        do throws(GitError) {
          let below = try repository.trackedPaths(named: ".dev-infra.yml")
          found += below.filter { !$0.isEmpty }.map { repository.path.pushing($0) }
        } catch  where error.kind == .ownedBySomeoneElse {
          // Said once, when it is to be registered.
        } catch {
          Messages.error(Failure(error))
          warnings += 1
        }
        progress.update(found.count)
      } warning: { warning in
        Messages.warning(warning.message)
        if warning.isIncomplete { warnings += 1 }
      }
    }
    progress.finish(found.count)
    failures += warnings
    return found
  }
}
