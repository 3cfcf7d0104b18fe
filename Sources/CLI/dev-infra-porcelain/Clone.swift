import ArgumentParser
import Cloning
import CommandLineTool
import Listing
import Registry
import Terminal
import FeatureReporting
import RegistryReporting
import Git
import SystemSupport
import ByteStrings
import RegistryStore
import RegistryIndex
import SystemPackage

struct Clone: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra clone", abstract: "Bring projects to this machine, from other machines or a URL.",
    usage: """
      dev-infra clone [--all | --missing] [<filters>] [-j <n>] [--recurse-submodules] [--filter <spec>] [--depth <n>] \
      [--dry-run] [-z] [--stdin] [<p>...]
      """)

  @Flag(name: .shortAndLong, help: "Every project that is not on this machine.")
  var all = false
  @Flag(
    help:
      "Every project of this machine whose directory is gone, to where it was; and what dev-infra.wanted asks for."
  )
  var missing = false
  @OptionGroup var filters: FilterOptions
  @Option(name: [.customShort("j"), .long], help: ArgumentHelp("Clone so many at a time.", valueName: "n"))
  var jobs: Int?
  @Flag(help: "Clone their submodules too, as 'git clone' does.")
  var recurseSubmodules = false
  @Option(help: ArgumentHelp("Make partial clones, as 'git clone' does: 'blob:none'.", valueName: "spec"))
  var filter: String?
  @Option(help: ArgumentHelp("Cut the history off after so many commits.", valueName: "n"))
  var depth: Int?
  @Flag(name: [.customShort("n"), .long], help: "Print what would be cloned, and change nothing.")
  var dryRun = false
  @Flag(name: .customShort("z"), help: "Records on standard input end in NUL.")
  var z = false
  @Flag(help: "Also take projects from standard input.")
  var stdin = false
  @Argument(
    help:
      "Projects: an id or its beginning, a name, owner/name, a glob, a path; or the URL of one that is not known yet."
  )
  var p: [String] = []

  func validate() throws {
    if all && missing { throw ValidationError("--all and --missing exclude each other") }
    if !p.isEmpty || stdin, all || missing || !filters.isEmpty {
      throw ValidationError("projects are named, or chosen by --all, --missing and filters")
    }
    if p.isEmpty, !stdin, !all, !missing, filters.isEmpty {
      throw ValidationError("name projects, or choose them by --all, --missing or filters")
    }
    if let depth, depth < 1 { throw ValidationError("--depth takes a number from 1 on") }
    if let filter, filter.isEmpty {
      throw ValidationError("--filter takes what git-rev-list(1) says, as 'blob:none'")
    }
    if let jobs, !(1...1000).contains(jobs) { throw ValidationError("-j takes a number from 1 to 1000") }
  }

  func execute() throws -> Int32 {
    try Interruption.watch()
    let store = try RegistryStore.ofEnvironment()
    var plan = try ClonePlan(store)
    var failures = try choose(&plan, store)
    plan.settle()
    failures += plan.failures.map { Failure($0) }
    let wanted = plan.tasks.count + failures.count
    for failure in failures { Messages.error(failure) }
    try UnsavedElsewhere.warn(
      of: plan.tasks.flatMap(\.projects), in: store.view(), store,
      words: "last had work that a clone does not bring")
    var output = Output()
    if wanted == 0, p.isEmpty, !stdin {
      try output.line(
        missing
          ? "Nothing to clone: no project's directory is gone."
          : "Nothing to clone: what can be cloned is here.")
    }
    if dryRun {
      for task in plan.tasks {
        try output.line(
          "would clone \(Quoting.visible(task.name)) (\(task.target.visible)) from \(Quoting.visible(task.url))"
        )
      }
      try output.flush()
      return failures.isEmpty ? ExitStatus.success : ExitStatus.no
    }
    var cloner = try Cloner(store)
    if let jobs { cloner.jobs = jobs }
    cloner.recursesIntoSubmodules = recurseSubmodules
    cloner.filter = filter
    cloner.depth = depth
    let result = try cloner.run(plan.tasks, in: store, progress: CloningBoard())
    for warning in result.warnings { Messages.warning(warning.sentence) }
    for error in result.failures { Messages.error(error) }
    for registration in result.registrations {
      for warning in registration.warnings { Messages.warning(warning.sentence) }
      try output.line("cloned \(Quoting.visible(registration.name)) (\(registration.path.visible))")
    }
    try output.flush()
    let failed = failures.count + result.failures.count
    guard failed > 0 else { return ExitStatus.success }
    Messages.error("\(failed) of \(wanted) could not be cloned; what was cloned is registered")
    return ExitStatus.no
  }

  /// Looks for those of the projects that are not where they were: what was moved is not cloned a second time.
  ///
  /// - Returns: the ids of those that were found; they are known to be there from now on.
  private func moved(_ rows: [ViewRow], _ store: borrowing RegistryStore) throws -> Set<String> {
    let lost = rows.filter { row in
      row.paths.first.map { Files.kind(of: FilePath(text: $0)) == nil } ?? false
    }
    guard !lost.isEmpty else { return [] }
    var found: Set<String> = []
    for case .moved(let name, let from, let to) in try store.refresh(lost, prune: false, dryRun: dryRun)
      .findings
    {
      Messages.note("\(Quoting.visible(name)) is here already, moved (\(from.visible) -> \(to.visible))")
      found.insert(from.text)
    }
    return Set(lost.filter { $0.paths.first.map { found.contains($0) } ?? false }.map(\.id))
  }

  /// Plans what the arguments choose.
  ///
  /// - Returns: why projects that were named cannot be planned.
  private func choose(_ plan: inout ClonePlan, _ store: borrowing RegistryStore) throws -> [Failure] {
    let view = try store.view()
    var failures: [Failure] = []
    let words = try Operands.texts(p, stdin: stdin, format: RecordFormat(z: z))
    let queries = try ProjectQuery.all(words)
    let movedNames = try moved(queries.compactMap { try? $0.find(in: view) }, store)
    for (index, query) in queries.enumerated() {
      do {
        let row = try query.find(in: view)
        if !movedNames.contains(row.id) { add(row, to: &plan, store) }
      } catch let error as RegistryIndexError {
        do {
          if try addUnknown(query.text, error, isWord: index < p.count, to: &plan, store) { continue }
          failures.append(Failure(error))
        } catch {
          failures.append(Failure(error))
        }
      }
    }
    guard p.isEmpty, !stdin else { return failures }
    var selection = try filters.selection()
    selection.all = true
    let rows = try selection.rows(of: view, states: CheckoutStates())
    if missing {
      let moved = try moved(rows, store)
      for row in rows where !moved.contains(row.id) {
        for path in row.paths.prefix(1) where Files.kind(of: FilePath(text: path)) == nil {
          plan.restore(row, at: path, in: store)
        }
      }
      for row in try wanted(of: rows, in: view, store) { plan.add(row, in: store) }
      return failures
    }
    let away = rows.filter { $0.paths.isEmpty }
    let without = away.filter { $0[.remoteURL].isEmpty }
    if !without.isEmpty {
      let names = without.prefix(5).map { Quoting.visible($0.name) }.joined(separator: ", ")
      Messages.warning(
        "\(without.count) without a remote URL cannot be cloned: \(names)\(without.count > 5 ? ", …" : "")")
    }
    for row in away where !row[.remoteURL].isEmpty { plan.add(row, in: store) }
    return failures
  }

  private func add(_ row: ViewRow, to plan: inout ClonePlan, _ store: borrowing RegistryStore) {
    guard let path = row.paths.first else { return plan.add(row, in: store) }
    if Files.kind(of: FilePath(text: path)) == nil {
      plan.restore(row, at: path, in: store)
    } else {
      Messages.note("\(Quoting.visible(row.name)) is here already (\(Quoting.visible(path)))")
    }
  }

  /// Plans what a word stands for that names no project: those that a glob matches, or what a URL leads to.
  ///
  /// - Returns: whether it is either.
  private func addUnknown(
    _ text: String, _ error: RegistryIndexError, isWord: Bool, to plan: inout ClonePlan,
    _ store: borrowing RegistryStore
  ) throws -> Bool {
    switch error {
    case .unknownProject, .noProject: break
    default: return false
    }
    if RemoteURL.looksLikeURL(text) {
      let url: RemoteURL
      do {
        url = try RemoteURL(text)
      } catch {
        throw Failure.no("the URL is refused: \(error.sentence)")
      }
      if url.isChanged {
        let what = url.droppedSecret ? "what may be secret in the URL" : "the user name in the URL"
        Messages.warning("\(what) was left out of it: \(Quoting.visible(url.stored))")
      }
      plan.add(url)
      return true
    }
    guard isWord, Selection.isGlob(text) else { return false }
    var selection = Selection()
    selection.all = true
    selection.patterns = [text]
    let view = try store.view()
    let rows = try selection.rows(of: view)
    if rows.isEmpty { throw EmptyList.failure(selection, of: view) }
    for row in rows { add(row, to: &plan, store) }
    return true
  }

  /// Those of some projects that are not here, and that this machine wants by the setting `dev-infra.wanted`.
  private func wanted(
    of rows: [ViewRow], in view: View, _ store: borrowing RegistryStore
  ) throws -> [ViewRow] {
    guard let text = try store.repository.configuration().string("dev-infra.wanted"), !text.isEmpty else {
      return []
    }
    var rule = try SavedConditions.selection(text, key: "dev-infra.wanted")
    rule.all = true
    let away = rows.filter { $0.paths.isEmpty && !$0[.remoteURL].isEmpty }
    return try rule.holding(away, of: view, nil)
  }
}
