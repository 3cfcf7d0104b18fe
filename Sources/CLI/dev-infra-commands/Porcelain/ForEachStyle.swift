import ArgumentParser
import Batch
import SystemSupport

/// In what form is shown what a command writes in many checkouts.
struct ForEachStyle: ParsableArguments {
  @Flag(help: "Put a line with the project above what each writes, also off a terminal.")
  var heading = false
  @Flag(help: "Put no line above, also on a terminal.")
  var noHeading = false
  @Flag(help: "Show each line as it comes, behind the project's name.")
  var prefix = false
  @Flag(help: "Print a JSON object a line for each.")
  var json = false

  func validate() throws {
    if [heading, noHeading, prefix, json].filter({ $0 }).count > 1 {
      throw ValidationError("--heading, --no-heading, --prefix and --json exclude each other")
    }
  }

  /// What takes what the commands write, and puts it before people or programs.
  func receiver(
    _ targets: [BatchTarget], _ run: BatchRun, _ report: ForEachReport
  ) -> any BatchReceiver {
    let write = ForEachOutput.pass
    if json {
      return JSONReceiver(targets, run.words, reason: { report.reason($0, $1) }, write: ForEachOutput.show)
    }
    if prefix { return PrefixReceiver(prefixes: ForEachOutput.prefixes(targets), write: write) }
    let isHeaded = heading || !noHeading && Terminal.isTerminal(1)
    let headings = isHeaded ? ForEachOutput.headings(targets) : []
    return run.hasTerminal
      ? TerminalReceiver(headings: headings, write: write) : OrderedReceiver(headings: headings, write: write)
  }
}
