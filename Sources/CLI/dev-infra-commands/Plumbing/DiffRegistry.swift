import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import ByteStrings
import RegistryStore

struct DiffRegistry: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-diff-registry", abstract: "Show what changed between two registry commits.",
    usage: "dev-infra-diff-registry [-z] [--raw | --name-only | --summary | -p] [--exit-code] [<a> [<b>]]")

  @Flag(name: .customShort("z"), help: "Records end in NUL and nothing is quoted.")
  var z = false
  @Flag(help: "Print records as 'git diff-tree -r --raw' does.")
  var raw = false
  @Flag(help: "Print the ids of the projects concerned.")
  var nameOnly = false
  @Flag(help: "Print a line for people a project: what became of it, and which fields changed.")
  var summary = false
  @Flag(name: .customShort("p"), help: "Print each field that differs.")
  var patch = false
  @Flag(help: "End with 1 when there is a difference.")
  var exitCode = false
  @Argument(help: "The first commit; what main was before its last change without one.")
  var a: String?
  @Argument(help: "The second commit; main without one.")
  var b: String?

  func validate() throws {
    guard [raw, nameOnly, summary, patch].filter({ $0 }).count <= 1 else {
      throw ValidationError("--raw, --name-only, --summary and -p are different formats: give one of them")
    }
  }

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let new = try b.map { try store.commit(named: $0) } ?? store.main()
    let old = try a.map { try store.commit(named: $0) } ?? store.previousMain()
    let difference = try RegistryDifference(store, from: old, to: new)
    let format = RecordFormat(z: z)
    var output = Output(format)
    let form: RegistryDifference.Form =
      raw ? .raw : nameOnly ? .ids : patch ? .fields : summary ? .summary : .projects
    for record in try difference.records(form, format, in: store) { try output.record(formatted: record) }
    try output.flush()
    return exitCode && !difference.isEmpty ? ExitStatus.no : ExitStatus.success
  }
}
