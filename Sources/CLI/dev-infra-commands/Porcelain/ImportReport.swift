import Terminal
import RegistryReporting
import ByteStrings
import Registry
import RegistryStore
import SystemSupport

/// What became of a list that was imported.
struct ImportReport {
  let isQuiet: Bool
  let isDryRun: Bool

  func show(_ result: ImportResult) throws {
    for warning in result.warnings { Messages.warning(warning.sentence) }
    for (name, value) in result.leftOut {
      Messages.warning("\(Quoting.visible(name)): a value of the list is left out: \(value.sentence)")
    }
    for error in result.failures { Messages.error(error) }
    guard !isQuiet else { return }
    var output = Output()
    for project in result.projects where isDryRun || project.change != .known {
      let place = project.path?.visible ?? Quoting.visible(project.url ?? "")
      try output.line("\(Self.word(project.change)) \(Quoting.visible(project.name)) (\(place))")
    }
    try output.flush()
    if Terminal.isTerminal(2) { summarize(result) }
  }

  private static func word(_ change: ImportedProject.Change) -> String {
    switch change {
    case .new: "new"
    case .changed: "changed"
    case .known: "known"
    }
  }

  /// For a person, how many there were of each, and what to do next.
  private func summarize(_ result: ImportResult) {
    let counts = [ImportedProject.Change.new, .changed, .known].map { change in
      "\(result.projects.count { $0.change == change }) \(Self.word(change))"
    }
    let rest = result.passedOver > 0 ? "; \(result.passedOver) in no project" : ""
    Messages.note("\(counts.joined(separator: ", "))\(rest)")
    if !isDryRun, result.projects.contains(where: { $0.change == .new && $0.path == nil }) {
      Messages.hint("'dev-infra clone --all' brings what is not here, 'dev-infra undo' takes the import back")
    }
  }
}
