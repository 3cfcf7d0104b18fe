import ArgumentParser
import Batch
import ByteStrings
import CommandLineTool
import FeatureReporting
import IndexReporting
import Listing
import RegistryIndex
import SystemPackage
import SystemSupport
import Terminal

struct ForEach: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra foreach", abstract: "Run a command in each project.",
    usage: """
      dev-infra foreach [-j <n>] [--fail-fast] [--timeout <seconds>] [--heading | --no-heading | --prefix | --json] \
      [--every-path] [--retry-failed] [--dry-run] [--all] [--sort <key>] \(SelectionOptions.usage) [-z] [--stdin] [<p>...] \
      (-c <shell> | -- <command>...)
      """)

  @Option(
    name: [.customShort("j"), .long],
    help: ArgumentHelp("Run so many at a time; 1 gives each the terminal.", valueName: "n"))
  var jobs: Int?
  @Option(
    name: [.customShort("c"), .customLong("shell")],
    help: ArgumentHelp("Run this text by sh.", valueName: "shell"))
  var shell: String?
  @Flag(help: "Start no other once one has failed.")
  var failFast = false
  @Option(help: ArgumentHelp("Stop what takes longer.", valueName: "seconds"))
  var timeout: Double?
  @OptionGroup var style: ForEachStyle
  @Flag(help: "Run it at each path of a project, not only at its first.")
  var everyPath = false
  @Flag(help: "Only where it failed, or was not run, the last time.")
  var retryFailed = false
  @Flag(name: [.customShort("n"), .long], help: "Print what would be run, and run nothing.")
  var dryRun = false
  @Flag(name: .customShort("z"), help: "Records on standard input end in NUL.")
  var z = false
  @OptionGroup var options: SelectionOptions

  /// The program and its arguments; with `-c` the arguments of the text. ArgumentParser has a strategy for them
  /// (`postTerminator`), and yet refuses a second list of operands beside the patterns (its PositionalArgumentsValidator).
  private static let command = Array(Arguments.all.drop { $0 != "--" }.dropFirst())

  static func ownArguments(_ arguments: [String]) -> [String] { Array(arguments.prefix { $0 != "--" }) }

  func validate() throws {
    if let jobs, !(1...256).contains(jobs) { throw ValidationError("-j takes a number from 1 to 256") }
    if let timeout, !(timeout > 0 && timeout <= 1e7) {
      throw ValidationError("--timeout takes seconds, more than 0")
    }
    if shell == nil, !retryFailed, Self.command.isEmpty {
      throw ValidationError("which command? It stands behind '--', or -c has its text")
    }
    if shell == nil, let first = Self.command.first, first.isEmpty {
      throw ValidationError("the command's name is empty")
    }
    if let shell, shell.isEmpty { throw ValidationError("-c takes a command, not an empty text") }
  }

  func execute() throws -> Int32 {
    // What is wrong with the command line comes before what is wrong with the registry.
    _ = try options.selection()
    let file = try ViewFile.ofEnvironment()
    let view = try file.fresh()
    let (command, former) = try FailureMemory(registry: file.registry)
      .choose(givenCommand, retrying: retryFailed)
    var rows = try options.rowsForCheckouts(of: view, z: z)
    if retryFailed {
      rows = former.among(rows)
      if rows.isEmpty { Messages.note("Nothing to run again: it failed in none of these projects.") }
    }
    let targets = BatchTarget.all(of: rows, in: view, everyPath: everyPath)
    let report = ForEachReport(json: style.json, timeLimit: timeout)
    if dryRun { return try report.preview(targets, command) }
    try Interruption.watch()
    var run = BatchRun(command.words)
    run.timeLimit = timeout
    run.stopsAtFailure = failFast
    if let jobs { run.jobs = jobs }
    run.hasTerminal = run.jobs == 1 && !style.prefix && !style.json
    let receiver = style.receiver(targets, run, report)
    do {
      let outcomes = try run.run(targets, receiver)
      try receiver.finish()
      let result = BatchResult(targets, outcomes)
      former.remember(result.again, of: Set(result.targets.map(\.id)))
      return report.complain(result)
    } catch let error as SystemError where error.code == .brokenPipe {
      // The reader has gone away. Unless SIGPIPE is ignored, this write ends the process by it, as it ends
      // others.
      var output = Output()
      try output.write("\n")
      try output.flush()
      throw error
    }
  }

  /// What was asked for; nil where the command that failed last is meant.
  private var givenCommand: BatchCommand? {
    if let shell { return .shell(shell, Self.command) }
    return Self.command.isEmpty ? nil : .program(Self.command)
  }
}
