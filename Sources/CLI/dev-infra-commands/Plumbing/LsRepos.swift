import ArgumentParser
import CommandLineTool
import Terminal
import Git
import SystemSupport
import ByteStrings
import SystemPackage

struct LsRepos: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-ls-repos", abstract: "Find git repositories below directories.",
    usage: """
      dev-infra-ls-repos [-z] [--bare] [--submodules] [--nested] [--worktrees] [--metadata] [--max-depth <n>] \
      [--exclude <pattern>]... [<root>...]
      """)

  @Flag(name: .customShort("z"), help: "End records with NUL and quote nothing.")
  var z = false
  @Flag(help: "Also list bare repositories.")
  var bare = false
  @Flag(help: "Also list submodules.")
  var submodules = false
  @Flag(help: "Also list repositories inside another's work tree.")
  var nested = false
  @Flag(help: "Also list linked worktrees.")
  var worktrees = false
  @Flag(help: "Also list directories below a repository's root that track a .dev-infra.yml.")
  var metadata = false
  @Option(help: ArgumentHelp("Look at most this many levels below ROOT.", valueName: "n"))
  var maxDepth: Int?
  @Option(help: ArgumentHelp("Do not look at directories that match this glob.", valueName: "pattern"))
  var exclude: [String] = []
  @Argument(help: ArgumentHelp("Where to look; the current directory by default.", valueName: "root"))
  var roots: [String] = []

  func validate() throws {
    if let maxDepth, maxDepth < 0 { throw ValidationError("--max-depth must not be negative") }
  }

  func execute() throws -> Int32 {
    var finder = RepositoryFinder()
    finder.bare = bare
    finder.submodules = submodules
    finder.nested = nested
    finder.worktrees = worktrees
    finder.maximumDepth = maxDepth
    finder.excluded = exclude

    // A record is written as soon as it is found, so that its reader can start with the first.
    var output = Output(RecordFormat(z: z), immediate: true)
    var status = ExitStatus.success
    for root in roots.isEmpty ? ["."] : roots {
      do {
        try finder.search(FilePath(text: root)) { found in
          try output.record(found.path.text)
          if metadata { status = max(status, try listMetadata(found, to: &output)) }
        } warning: { warning in
          Messages.warning(warning.message)
          if warning.isIncomplete { status = ExitStatus.no }
        }
      } catch let error as GitError {
        Messages.error(error.message)
        status = ExitStatus.no
      }
    }
    try output.flush()
    return status
  }

  /// Prints the directories of a repository that declare a project of their own.
  private func listMetadata(_ found: RepositoryFinder.Found, to output: inout Output) throws(Failure) -> Int32
  {
    let directories: [FilePath]
    do {
      directories = try found.trackedPaths(named: ".dev-infra.yml")
    } catch {
      Messages.warning(error.message)
      return ExitStatus.no
    }
    for directory in directories { try output.record(found.path.pushing(directory).text) }
    return ExitStatus.success
  }
}
