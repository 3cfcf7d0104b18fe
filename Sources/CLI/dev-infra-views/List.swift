import ArgumentParser
import CommandLineTool
import Terminal
import IndexReporting
import Listing
import SystemSupport
import ByteStrings
import Registry
import RegistryIndex

struct List: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra list", abstract: "List projects as a table.",
    usage: """
      dev-infra list [--all] [--json] [--sort <key>] \(SelectionOptions.usage) [-z] [--stdin] [<p>...]
      """)

  @Flag(help: "Print one JSON array.")
  var json = false
  @Flag(name: .customShort("z"), help: "Records on standard input end in NUL.")
  var z = false
  @OptionGroup var options: SelectionOptions

  /// The columns, for the table and for the lines.
  private static let columns: [RowAtom] = [.name, .status, .projectType, .tags, .path, .machines]

  func execute() throws -> Int32 {
    var selection = try options.selection()
    let view = try ViewFile.ofEnvironment().fresh()
    let rows = try options.rows(&selection, of: view, z: z)
    var output = Output()
    if json {
      let array = JSON.array(rows.map { view.json(of: $0) })
      try output.write(array.canonical)
    } else if Terminal.isTerminal(1) {
      for line in Table(rows, of: view, width: Terminal.width).lines { try output.line(line) }
    } else {
      for row in rows {
        let fields = Self.columns.map { Quoting.quote($0.text(of: row, in: view)) }
        try output.line(fields.joined(separator: "\t"))
      }
    }
    try output.flush()
    if rows.isEmpty, !selection.isNarrowed, !json, Terminal.isTerminal(2) {
      let others = view.rows.count
      Messages.hint(
        others == 0
          ? "no projects yet: 'dev-infra register DIR', or 'dev-infra register --recursive ~/src'"
          : "\(others) project\(others == 1 ? " is" : "s are") on other machines: 'dev-infra list --all' lists them, "
            + "'dev-infra clone --all' brings them here")
    }
    if rows.isEmpty, selection.isNarrowed { throw EmptyList.failure(selection, of: view) }
    return ExitStatus.success
  }
}
