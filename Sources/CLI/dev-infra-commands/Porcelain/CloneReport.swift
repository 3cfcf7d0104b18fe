import ByteStrings
import Cloning
import FeatureReporting
import Registry
import RegistryReporting
import RegistryStore
import SystemSupport
import Terminal

/// What is said of clones: before they are made, and when they have been.
struct CloneReport {
  /// What could not even be planned.
  let failures: [Failure]
  private let tasks: [CloneTask]

  /// Says what cannot be planned.
  init(_ tasks: [CloneTask], failures: [Failure]) {
    (self.tasks, self.failures) = (tasks, failures)
    for failure in failures { Messages.error(failure) }
  }

  /// Whether there is nothing to do.
  var isEmpty: Bool { tasks.isEmpty && failures.isEmpty }

  /// Shows what would be cloned; with `quiet` only the status says whether all could be cloned.
  func preview(_ output: inout Output, quiet: Bool) throws -> Int32 {
    for task in tasks where !quiet {
      if try Cloner.isHere(task) {
        try output.line(
          "would register \(Quoting.visible(task.name)) (\(task.target.visible)), which exists")
        continue
      }
      try output.line(
        "would clone \(Quoting.visible(task.name)) (\(task.target.visible)) from \(Quoting.visible(task.url))"
          + (task.options.isWhole ? "" : " with \(Quoting.visible(task.options.text))")
          + Self.worktrees(of: task))
    }
    try output.flush()
    return failures.isEmpty ? ExitStatus.success : ExitStatus.no
  }

  private static func worktrees(of task: CloneTask) -> String {
    let places = (task.layout?.trees ?? []).map(\.place.visible)
    return places.isEmpty ? "" : ", and its worktrees \(places.joined(separator: ", "))"
  }

  /// Shows what was cloned; with `quiet` only what was wrong with it.
  func show(_ result: Cloner.Result, _ output: inout Output, quiet: Bool) throws {
    for warning in result.warnings { Messages.warning(warning.sentence) }
    for error in result.failures { Messages.error(error) }
    for registration in result.registrations {
      for warning in registration.warnings { Messages.warning(warning.sentence) }
      if quiet { continue }
      let word = result.found.contains(registration.id) ? "registered" : "cloned"
      try output.line("\(word) \(Quoting.visible(registration.name)) (\(registration.path.visible))")
    }
    try output.flush()
  }

  /// Says how many could not be.
  func complain(_ result: Cloner.Result) -> Int32 {
    let failed = failures.count + result.failures.count
    guard failed > 0 else { return ExitStatus.success }
    Messages.error(
      "\(failed) of \(tasks.count + failures.count) could not be cloned"
        + (result.registrations.isEmpty ? "" : "; what was cloned is registered"))
    return ExitStatus.no
  }
}
