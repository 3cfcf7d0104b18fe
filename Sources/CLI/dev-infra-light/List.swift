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
      dev-infra list [--columns <names> | --format <format> | --json] [--sort <key>] [--all] \
      \(SelectionOptions.usage) [-z] [--stdin] [<p>...]
      """)

  @Option(help: ArgumentHelp("Show these columns, with commas between them.", valueName: "names"))
  var columns: [String] = []
  @Option(help: ArgumentHelp("Print this for each: %(atom), %%, %xx.", valueName: "format"))
  var format: String?
  @Flag(help: "Print one JSON array.")
  var json = false
  @Flag(name: .customShort("z"), help: "Records end in NUL and nothing is quoted.")
  var z = false
  @OptionGroup var options: SelectionOptions

  func validate() throws {
    if [!columns.isEmpty, format != nil, json].count(where: { $0 }) > 1 {
      throw ValidationError("--columns, --format and --json exclude each other")
    }
  }

  func execute() throws -> Int32 {
    var selection = try options.selection()
    let asked = columns.isEmpty ? nil : try ListAtom.columns(columns)
    let format = try format.map { try ListAtom.format($0) }
    let view = try ViewFile.ofEnvironment().fresh()
    let values = ListValues(of: view)
    let (rows, status) = try options.listedRows(&selection, of: view, z: z, values)
    if json {
      var output = Output()
      try JSON.writeCanonicalArray(of: rows.lazy.map { view.json(of: $0) }) { piece throws(Failure) in
        try output.write(piece)
      }
      try output.flush()
    } else {
      try values.read(format?.atoms ?? asked ?? [], of: rows)
      let isTable = format == nil && !z && Terminal.isTerminal(1)
      if isTable {
        let table = ProjectTable(rows, of: view, asked, values, width: Terminal.width)
        var output = Output()
        try output.draw(table.text(hasColours: Colours.areWanted()))
      } else {
        try write(rows, of: view, format, asked, values)
      }
    }
    if rows.isEmpty, !selection.isNarrowed, !json, Terminal.isTerminal(2) {
      let others = view.rows.count
      Messages.hint(
        others == 0
          ? "no projects yet: 'dev-infra register DIR', or 'dev-infra register --recursive ~/src'"
          : "\(others) project\(others == 1 ? " is" : "s are") on other machines: 'dev-infra list --all' lists them, "
            + "'dev-infra clone --all' brings them here")
    }
    if rows.isEmpty, selection.isNarrowed, status == ExitStatus.success {
      throw EmptySelection(selection, of: view)
    }
    return status
  }

  /// For scripts: a record a project, in the format, or its columns between tabs.
  private func write(
    _ rows: [ViewRow], of view: View, _ format: AtomFormat<ListAtom>?, _ columns: [ListAtom]?,
    _ values: ListValues
  ) throws {
    let record = RecordFormat(z: z)
    var output = Output(record)
    if let format {
      for row in rows {
        try output.record(formatted: format.text(record) { values.text($0, of: row) })
      }
    } else if let columns {
      for row in rows {
        let fields = columns.map { record.field(values.text($0, of: row)) }
        try output.record(formatted: Array(fields.joined(separator: [0x09])))
      }
    } else {
      try ListRecords(rows, of: view, record).forEach { record throws(Failure) in
        try output.record(formatted: record)
      }
    }
    try output.flush()
  }
}
