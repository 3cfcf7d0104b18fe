import Batch
import ByteStrings
import FeatureReporting
import Registry
import SystemSupport
import Terminal

/// What is said of a command in many checkouts: before it is run, and when it has been.
struct ForEachReport {
  let json: Bool
  let timeLimit: Double?

  /// Why the command did not end well there; nil where it did.
  func reason(_ outcome: BatchRun.Outcome, _ target: BatchTarget) -> String? {
    outcome.reason(at: target.path.visible, timeLimit: timeLimit)
  }

  /// Shows where the command would be run.
  func preview(_ targets: [BatchTarget], _ command: BatchCommand) throws -> Int32 {
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

  /// Says where it failed.
  func complain(_ result: BatchResult) -> Int32 {
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
