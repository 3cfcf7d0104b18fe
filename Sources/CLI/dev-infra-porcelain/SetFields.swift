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
    commandName: "dev-infra set", abstract: "Change fields of projects.",
    usage: "dev-infra set [--quiet] [-z] [--stdin] [<p>...] <key=value>... [-- <p>...]")

  @Flag(name: .shortAndLong, help: "Print nothing.")
  var quiet = false
  @Flag(name: .customShort("z"), help: "Records on standard input end in NUL.")
  var z = false
  @Flag(help: "Also take projects from standard input.")
  var stdin = false
  @Argument(
    help: "Projects: an id or its beginning, a name, owner/name, a URL or a path; before or behind settings.")
  var p: String?
  @Argument(
    help: ArgumentHelp(
      "Fields; KEY= clears one, tags+=TAG and tags-=TAG add and take away.", valueName: "key=value"))
  var keyValue: [String] = []

  func execute() throws -> Int32 {
    let (named, settings) = Self.parted(Arguments.all, (p.map { [$0] } ?? []) + keyValue)
    guard !settings.isEmpty else { throw Failure.usage("set what? Give KEY=VALUE") }
    let edits = try settings.map { try FieldEdit($0) }
    let names = try Operands.texts(named, stdin: stdin, format: RecordFormat(z: z))
    guard stdin || !names.isEmpty else { throw Failure.usage("of which project? Name one, or use --stdin") }
    let store = try RegistryStore.ofEnvironment()
    let view = try store.view()
    // All are found before any is changed.
    var rows: [ViewRow] = []
    for query in try ProjectQuery.all(names) {
      let row = try query.find(in: view)
      if !rows.contains(where: { $0.id == row.id }) { rows.append(row) }
    }
    let result = try store.set(edits, of: rows)
    var output = Output()
    if !quiet {
      for file in result.files { try output.line("changed \(file.visible)") }
      for row in rows {
        let word = result.changed.contains(row.id) ? "changed" : "unchanged"
        try output.line("\(word) \(Quoting.visible(row.name))")
      }
    }
    try output.flush()
    return ExitStatus.success
  }

  /// What are names, and what are settings: those with a `=`. Behind `--` all are names where a setting stands before it;
  /// else the first is one, whatever it has in it, as in `set -- NAME KEY=VALUE`.
  private static func parted(
    _ arguments: [String], _ operands: [String]
  ) -> (names: [String], settings: [String]) {
    // No option of this command has a value, so the first is what ends the options.
    let behind = arguments.firstIndex(of: "--").map { arguments.count - $0 - 1 } ?? 0
    let before = operands.dropLast(behind)
    let rest = operands.suffix(behind)
    let settings = before.filter { $0.contains("=") }
    let names = before.filter { !$0.contains("=") }
    guard settings.isEmpty else { return (names + rest, settings) }
    return (
      names + rest.prefix(1) + rest.dropFirst().filter { !$0.contains("=") },
      rest.dropFirst().filter { $0.contains("=") }
    )
  }
}
