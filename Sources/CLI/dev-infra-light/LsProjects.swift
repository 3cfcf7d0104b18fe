import ArgumentParser
import CommandLineTool
import Terminal
import IndexReporting
import Listing
import SystemSupport
import ByteStrings
import Registry
import RegistryIndex
import SystemPackage

struct LsProjects: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-ls-projects", abstract: "List the registry's projects, for scripts.",
    usage: """
      dev-infra-ls-projects [-z] [--json | --format <format>] [--sort <key>] [--all] \(SelectionOptions.usage) \
      [--path <dir>] [--stdin] [<p>...]
      """)

  @Flag(name: .customShort("z"), help: "Records end in NUL and nothing is quoted.")
  var z = false
  @Flag(help: "Print a JSON object a line.")
  var json = false
  @Option(help: ArgumentHelp("Print this for each: %(atom), %%, %xx.", valueName: "format"))
  var format = "%(id) %(name)"
  @Option(help: ArgumentHelp("Only the project that is at this directory, or around it.", valueName: "dir"))
  var path: String?
  @OptionGroup var options: SelectionOptions

  func execute() throws -> Int32 {
    var selection = try options.selection()
    let format = try ListAtom.format(format)
    let view = try ViewFile.ofEnvironment().fresh()
    if let path {
      let directory = try FilePath(text: path).absolute(against: Environment.currentDirectory())
      selection.path = view.projectPath(around: directory.resolvedAsFarAsItExists)?.text ?? directory.text
    }
    let values = ListValues(of: view)
    let (rows, status) = try options.listedRows(&selection, of: view, z: z, values)
    if !json { try values.read(format.atoms, of: rows) }
    let recordFormat = RecordFormat(z: z)
    var output = Output(recordFormat)
    for row in rows {
      let text =
        json ? Array(view.json(of: row).compact.utf8) : format.text(recordFormat) { values.text($0, of: row) }
      try output.record(formatted: text)
    }
    try output.flush()
    if rows.isEmpty, selection.isNarrowed, status == ExitStatus.success {
      throw EmptySelection(selection, of: view)
    }
    return status
  }
}
