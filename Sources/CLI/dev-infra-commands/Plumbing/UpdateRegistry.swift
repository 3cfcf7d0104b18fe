import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import Git
import ByteStrings
import RegistryStore

struct UpdateRegistry: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-update-registry", abstract: "Change the registry by one commit.",
    usage: """
      dev-infra-update-registry [-z] [--expect <commit>] [-m <message>] --index-info
      dev-infra-update-registry [--expect <commit>] [-m <message>] <commit>
      """)

  @Flag(name: .customShort("z"), help: "Records end in NUL and nothing is quoted.")
  var z = false
  @Option(help: ArgumentHelp("Change nothing unless main is at this commit.", valueName: "commit"))
  var expect: String?
  @Option(name: .customShort("m"), help: ArgumentHelp("The commit's message.", valueName: "message"))
  var message = "Update the registry"
  @Flag(help: "Apply the records on standard input.")
  var indexInfo = false
  @Argument(help: "The commit that main is to move to.")
  var commit: String?

  func validate() throws {
    guard indexInfo != (commit != nil) else {
      throw ValidationError("either --index-info or a commit says what to change")
    }
  }

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let expected = try expect.map { try store.commit(named: $0) }
    var output = Output()
    if let commit {
      let target = try store.commit(named: commit)
      try store.requireOwnEntries(in: target)
      _ = try store.advance(to: target, message: message, expecting: expected)
      try output.line(target.hex)
    } else {
      let format = RecordFormat(z: z)
      // A line is a record whose path alone may be quoted, so the lines are not unquoted as a whole.
      let bytes = try Operands.input()
      let records = try bytes.split(separator: format.terminator).map {
        try IndexInfo(parsing: Array($0), format)
      }
      let result = try store.apply(records, message: Quoting.visible(message), expecting: expected)
      try output.line(result.new.hex)
    }
    try output.flush()
    return ExitStatus.success
  }
}
