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
    let memory = FailureMemory(registry: file.registry)
    let former = try remembered(memory)
    let call = former.command
    var rows = try options.rowsForCheckouts(of: view, z: z)
    if retryFailed {
      rows = former.among(rows)
      if rows.isEmpty { Messages.note("Nothing to run again: it failed in none of these projects.") }
    }
    let targets = BatchTarget.all(of: rows, in: view, everyPath: everyPath)
    if dryRun { return try show(targets, call) }
    try Interruption.watch()
    var run = BatchRun(Self.words(of: call))
    run.timeLimit = timeout
    run.stopsAtFailure = failFast
    if let jobs { run.jobs = jobs }
    run.hasTerminal = run.jobs == 1 && !prefix && !json
    let receiver = receiver(targets, run)
    var outcomes = [BatchRun.Outcome?](repeating: nil, count: targets.count)
    do {
      outcomes = try run.run(targets, receiver)
      try receiver.finish()
    } catch let error as SystemError where error.code == .brokenPipe {
      // Nobody reads any more. Written where the signal is not ignored, it ends this process as it ends others.
      var output = Output()
      try output.write("\n")
      try output.flush()
      throw error
    }
    return try report(targets, outcomes, former)
  }

  /// What is run, and where it failed the last time, where that is asked for.
  private func remembered(_ memory: FailureMemory) throws -> FailedProjects {
    let call = shell.map { ["foreach", "-c", $0] + Self.command } ?? ["foreach", "--"] + Self.command
    guard retryFailed else { return FailedProjects(memory, call, former: []) }
    let known = memory.entries.filter { $0.command.first == "foreach" && $0.command.count > 2 }
    if shell == nil, Self.command.isEmpty {
      guard let last = known.first else { throw Failure.no("no command is known to have failed anywhere") }
      return FailedProjects(memory, last.command, former: last.failed)
    }
    return FailedProjects(memory, call)
  }

  private static func words(of call: [String]) -> [String] {
    let rest = Array(call.dropFirst(2))
    return call[1] == "-c" ? ["/bin/sh", "-c", rest[0], "sh"] + rest.dropFirst() : rest
  }

  private func receiver(_ targets: [BatchTarget], _ run: BatchRun) -> any BatchReceiver {
    let headings = heading || !noHeading && Terminal.isTerminal(1)
    if json { return JSONReceiver(targets, run.words, timeLimit: timeout) }
    if prefix { return PrefixReceiver(targets) }
    return run.hasTerminal
      ? TerminalReceiver(targets, headings: headings) : OrderedReceiver(targets, headings: headings)
  }

  private func show(_ targets: [BatchTarget], _ call: [String]) throws -> Int32 {
    let words = Self.words(of: call)
    let shown = words.map { Quoting.visible($0) }.joined(separator: " ")
    var output = Output()
    var status = ExitStatus.success
    for target in targets {
      if json {
        try output.line(JSON.object(JSONReceiver.object(of: target, words)).compact)
      } else if target.isThere {
        try output.line(
          "would run '\(shown)' in \(Quoting.visible(target.calledName)) (\(target.path.visible))")
      }
      if !target.isThere {
        Messages.error("\(Quoting.visible(target.calledName)) is gone from \(target.path.visible)")
        status = ExitStatus.no
      }
    }
    try output.flush()
    return status
  }

  /// Says where it failed, and remembers it.
  private func report(
    _ targets: [BatchTarget], _ outcomes: [BatchRun.Outcome?], _ former: FailedProjects
  ) throws -> Int32 {
    var failed: [String] = []
    var again: [String] = []
    for (target, outcome) in zip(targets, outcomes) where outcome?.isSuccess != true {
      again.append(target.id)
      if let reason = outcome?.reason(at: target.path.visible, timeLimit: timeout) {
        failed.append("\(Quoting.visible(target.calledName)) \(reason)")
      }
    }
    former.remember(again, of: Set(targets.map(\.id)))
    if Interruption.signal != nil { return ExitStatus.no }
    for line in failed { Messages.error(line) }
    let left = outcomes.count(where: { $0 == nil })
    guard !failed.isEmpty else { return ExitStatus.success }
    let rest = left > 0 ? ", and it was not run in \(left)" : ""
    Messages.error("it failed in \(failed.count) of \(targets.count)\(rest)")
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
