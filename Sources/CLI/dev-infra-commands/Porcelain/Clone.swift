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
      [--once] [--full] [--quiet] [--dry-run] [-z] [--stdin] [<p>...]
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
  @OptionGroup var amount: CloneAmount
  @Flag(name: .shortAndLong, help: "Print only what failed.")
  var quiet = false
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
    if let jobs, !(1...1000).contains(jobs) { throw ValidationError("-j takes a number from 1 to 1000") }
  }

  func execute() throws -> Int32 {
    try Interruption.watch()
    let store = try RegistryStore.ofEnvironment()
    var plan = try ClonePlan(store, isDryRun: dryRun) { $0.report() }
    plan.options = amount.options
    let unknown = try choose(&plan, store)
    plan.settle()
    let report = CloneReport(plan.tasks, failures: unknown + plan.failures.map { Failure($0) })
    try UnsavedElsewhere.warn(
      of: plan.tasks.flatMap(\.projects), in: store.view(), store,
      words: "last had work that a clone does not bring")
    var output = Output()
    if report.isEmpty, p.isEmpty, !stdin, !quiet {
      try output.line(
        missing
          ? "Nothing to clone: no project's directory is gone."
          : "Nothing to clone: what can be cloned is here.")
    }
    if dryRun { return try report.preview(&output, quiet: quiet) }
    var cloner = try Cloner(store)
    if let jobs { cloner.jobs = jobs }
    cloner.kept = amount.kept
    let result = try cloner.run(plan.tasks, in: store, progress: CloningBoard(quiet: quiet))
    try report.show(result, &output, quiet: quiet)
    if !result.registrations.isEmpty { amount.warn() }
    return report.complain(result)
  }

  /// Plans what the arguments choose.
  ///
  /// - Returns: why projects that were named cannot be planned.
  private func choose(_ plan: inout ClonePlan, _ store: borrowing RegistryStore) throws -> [Failure] {
    let view = try store.view()
    guard p.isEmpty, !stdin else {
      let queries = try ProjectQuery.all(Operands.texts(p, stdin: stdin, format: RecordFormat(z: z)))
      let unknown = try plan.choose(queries, globs: p.count, in: store).map { Failure($0) }
      if p.count == 2, unknown.count == 1, let url = queries.first, url.isAddress, !queries[1].isAddress {
        throw Failure(
          status: ExitStatus.usage,
          message: "clone takes no directory, and no project is known by '\(Quoting.visible(p[1]))'",
          hints: [
            "a clone goes where 'dev-infra clone -n' says",
            "'git clone URL DIR' and 'dev-infra register DIR' put one elsewhere",
          ]
        )
      }
      return unknown
    }
    var selection = try filters.selection()
    selection.all = true
    let rows = try selection.rows(of: view, states: CheckoutStates())
    guard missing else {
      plan.addAbsent(among: rows, in: store)
      return []
    }
    try plan.restoreMissing(among: rows, in: store)
    if let text = try store.repository.configuration().string("dev-infra.wanted"), !text.isEmpty {
      let rule = try SavedConditions.selection(text, key: "dev-infra.wanted")
      try plan.addWanted(among: rows, by: rule, of: view, in: store)
    }
    return []
  }
}
