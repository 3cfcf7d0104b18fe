import ArgumentParser
import Batch
import ByteStrings
import CommandLineTool
import FeatureReporting
import IndexReporting
import Listing
import Registry
import RegistryIndex
import SystemSupport
import Terminal
import SystemPackage

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
  @Flag(help: "Put a line with the project above what each writes, also off a terminal.")
  var heading = false
  @Flag(help: "Put no line above, also on a terminal.")
  var noHeading = false
  @Flag(help: "Show each line as it comes, behind the project's name.")
  var prefix = false
  @Flag(help: "Print a JSON object a line for each.")
  var json = false
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
    if [heading, noHeading, prefix, json].filter({ $0 }).count > 1 {
      throw ValidationError("--heading, --no-heading, --prefix and --json exclude each other")
    }
    if shell == nil, !retryFailed, Self.command.isEmpty {
      throw ValidationError("which command? It stands behind '--', or -c has its text")
    }
    if shell == nil, let first = Self.command.first, first.isEmpty {
      throw ValidationError("the command's name is empty")
    }
  }

  func execute() throws -> Int32 {
    // What is wrong with the command line comes before what is wrong with the registry.
    _ = try options.selection()
    let file = try ViewFile.ofEnvironment()
    let view = try file.fresh()
    let (command, former) = try chosenCommand(FailureMemory(registry: file.registry))
    var rows = try options.rowsForCheckouts(of: view, z: z)
    if retryFailed {
      rows = former.among(rows)
      if rows.isEmpty { Messages.note("Nothing to run again: it failed in none of these projects.") }
    }
    let targets = BatchTarget.all(of: rows, in: view, everyPath: everyPath)
    if dryRun { return try show(targets, command) }
    try Interruption.watch()
    var run = BatchRun(command.words)
    run.timeLimit = timeout
    run.stopsAtFailure = failFast
    if let jobs { run.jobs = jobs }
    run.hasTerminal = run.jobs == 1 && !prefix && !json
    let receiver = receiver(targets, run)
    do {
      let outcomes = try run.run(targets, receiver)
      try receiver.finish()
      return report(BatchResult(targets, outcomes), former)
    } catch let error as SystemError where error.code == .brokenPipe {
      // Nobody reads any more. Written where the signal is not ignored, it ends this process as it ends others.
      var output = Output()
      try output.write("\n")
      try output.flush()
      throw error
    }
  }

  /// What is run, and where it failed the last time, where that is asked for.
  private func chosenCommand(_ memory: FailureMemory) throws -> (BatchCommand, FailedProjects) {
    let given = shell.map { BatchCommand.shell($0, Self.command) } ?? .program(Self.command)
    guard retryFailed else { return (given, FailedProjects(memory, given.key, former: [])) }
    if shell == nil, Self.command.isEmpty {
      guard let last = memory.lastCommand else {
        throw Failure.no("no command is known to have failed anywhere")
      }
      return (last.command, FailedProjects(memory, last.command.key, former: last.failed))
    }
    return (given, FailedProjects(memory, given.key))
  }

  private func receiver(_ targets: [BatchTarget], _ run: BatchRun) -> any BatchReceiver {
    let write = ForEachOutput.pass
    if json {
      return JSONReceiver(targets, run.words, reason: { reason($0, $1) }, write: ForEachOutput.show)
    }
    if prefix { return PrefixReceiver(prefixes: ForEachOutput.prefixes(targets), write: write) }
    let isHeaded = heading || !noHeading && Terminal.isTerminal(1)
    let headings = isHeaded ? ForEachOutput.headings(targets) : []
    return run.hasTerminal
      ? TerminalReceiver(headings: headings, write: write) : OrderedReceiver(headings: headings, write: write)
  }

  private func reason(_ outcome: BatchRun.Outcome, _ target: BatchTarget) -> String? {
    outcome.reason(at: target.path.visible, timeLimit: timeout)
  }

  private func show(_ targets: [BatchTarget], _ command: BatchCommand) throws -> Int32 {
    let shown = command.words.map { Quoting.visible($0) }.joined(separator: " ")
    var output = Output()
    var status = ExitStatus.success
    for target in targets {
      let name = Quoting.visible(target.calledName)
      if json {
        try output.line(JSON.object(target.object(running: command.words)).compact)
      } else if target.isThere {
        try output.line("would run '\(shown)' in \(name) (\(target.path.visible))")
      }
      if !target.isThere {
        Messages.error("\(name) is gone from \(target.path.visible)")
        status = ExitStatus.no
      }
    }
    try output.flush()
    return status
  }

  /// Says where it failed, and remembers it.
  private func report(_ result: BatchResult, _ former: FailedProjects) -> Int32 {
    former.remember(result.again, of: Set(result.targets.map(\.id)))
    if Interruption.signal != nil { return ExitStatus.no }
    let failed = result.failed
    for (target, outcome) in failed {
      Messages.error("\(Quoting.visible(target.calledName)) \(reason(outcome, target) ?? "")")
    }
    guard !failed.isEmpty else { return ExitStatus.success }
    let rest = result.leftOut > 0 ? ", and it was not run in \(result.leftOut)" : ""
    Messages.error("it failed in \(failed.count) of \(result.targets.count)\(rest)")
    Messages.hint("'dev-infra foreach --retry-failed' runs it there once more")
    return ExitStatus.no
  }
}

extension FailedProjects {
  /// Remembers where a command failed. That this cannot be written is told only where there is something to remember.
  func remember(_ failed: [String], of chosen: Set<String>) {
    do throws(SystemError) {
      try remember(failed: failed, of: chosen)
    } catch {
      if !failed.isEmpty { Messages.warning("remembering where it failed: \(error.description)") }
    }
  }
}
