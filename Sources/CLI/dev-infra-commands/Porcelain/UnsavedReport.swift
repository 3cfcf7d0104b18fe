import ByteStrings
import FeatureReporting
import MachineStates
import Registry
import RegistryIndex
import RegistryReporting
import RegistryStore
import SystemSupport
import Terminal
import WorkTreeState

/// What exists on this machine only: what one asks before a disk is wiped.
struct UnsavedReport {
  /// Directories of which also what is in no project is looked for.
  let outside: [String]
  /// Whether all projects are asked about, and the registry itself.
  let isOfAll: Bool
  let json: Bool
  let z: Bool

  /// Looks, and prints what there is.
  ///
  /// - Returns: the status that says whether there is anything.
  func show(_ rows: [ViewRow], of view: View) throws -> Int32 {
    let roots = try UnsavedFindings.roots(outside, from: Environment.currentDirectory())
    var findings = UnsavedFindings()
    CheckoutProgress.watching(rows) { findings.take(checkoutsOf: rows, progress: $0) }
    let store = try RegistryStore.ofEnvironment()
    if isOfAll { try findings.takeRegistry(store) }
    findings.take(below: roots, outside: view, besides: store)
    let isUnknown = isOfAll && rows.isEmpty && roots.isEmpty && findings.all.isEmpty
    if json || !isUnknown { try write(findings) }
    if isUnknown {
      throw Failure.no(
        "no project is registered on this machine, so nobody knows what is on it only",
        hints: "'dev-infra state --unsaved --outside DIR' looks for files and repositories below DIR, "
          + "'dev-infra register --recursive DIR' registers these")
    }
    if findings.all.isEmpty { return ExitStatus.success }
    Messages.note("\(findings.all.count == 1 ? "something is" : "some things are") on this machine only")
    return ExitStatus.no
  }

  private func write(_ findings: UnsavedFindings) throws {
    let format = RecordFormat(z: z)
    var output = Output(format)
    if json {
      try output.write(findings.json.canonical)
    } else if !z, Terminal.isTerminal(1) {
      for line in findings.lines(home: Environment.home?.text) { try output.line(line) }
    } else {
      for record in findings.records(format) { try output.record(formatted: record) }
    }
    try output.flush()
  }
}

/// Shows how far something has come that goes through all checkouts of some projects.
enum CheckoutProgress {
  static func watching<T>(_ rows: [ViewRow], _ work: ((Int) -> Void) -> T) -> T {
    let total = rows.reduce(0) { $0 + $1.paths.count }
    var progress = Progress("Examining work trees", total: total)
    let result = work { progress.update($0) }
    progress.finish(total)
    return result
  }
}
