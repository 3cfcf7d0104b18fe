import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import SystemSupport
import ByteStrings
import RegistryStore
import RegistryIndex

struct SetFields: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra set", abstract: "Change fields of a project.",
    usage: "dev-infra set [--quiet] P KEY=VALUE...")

  @Flag(name: .shortAndLong, help: "Print nothing.")
  var quiet = false
  @Argument(help: "The project: an id or the beginning of one, a name, or a path.")
  var p: String
  @Argument(
    help: ArgumentHelp(
      "Fields; KEY= clears one, tags+=TAG and tags-=TAG add and take away.", valueName: "key=value"))
  var keyValue: [String]

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let edits = try keyValue.map { try FieldEdit($0) }
    guard let query = try ProjectQuery.all([p]).first else { return ExitStatus.usage }
    let row = try query.find(in: store.view())
    let result = try store.set(edits, of: row)
    var output = Output()
    if !quiet {
      for file in result.files { try output.line("changed \(file.visible)") }
      try output.line("\(result.changed ? "changed" : "unchanged") \(Quoting.visible(row.name))")
    }
    try output.flush()
    return ExitStatus.success
  }
}
