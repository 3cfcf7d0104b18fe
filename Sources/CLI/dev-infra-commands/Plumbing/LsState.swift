import ArgumentParser
import CommandLineTool
import Terminal
import IndexReporting
import SystemSupport
import ByteStrings
import Registry
import RegistryIndex
import WorkTreeState
import SystemPackage

struct LsState: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-ls-state", abstract: "List the state of repositories and their work trees.",
    usage: "dev-infra-ls-state [-z] [--stdin] [--json | --format <format>] [<dir>...]")

  @Flag(name: .customShort("z"), help: "Records end in NUL and nothing is quoted.")
  var z = false
  @Flag(help: "Also take directories from standard input.")
  var stdin = false
  @Flag(help: "Print a JSON object a line.")
  var json = false
  @Option(help: ArgumentHelp("Print this for each: %(atom), %%, %xx.", valueName: "format"))
  var format = """
    %(path)%09%(branch)%09%(staged)%09%(changed)%09%(untracked)%09%(conflicted)%09%(stashes)%09%(ahead)%09%(behind)%09\
    %(unpushed)%09%(operation)
    """
  @Argument(help: ArgumentHelp("Directories; the current one by default.", valueName: "dir"))
  var dir: [String] = []

  func execute() throws -> Int32 {
    let format = try AtomFormat(format, known: StateAtom.allCases.map(\.rawValue)) { StateAtom(rawValue: $0) }
    let recordFormat = RecordFormat(z: z)
    let directory = try Environment.currentDirectory()
    // Where records are seen as they come, nothing else has to say how far it is.
    var progress = Progress(
      "Examining work trees", total: stdin ? 0 : max(1, dir.count), quiet: Terminal.isTerminal(1))
    var output = Output(recordFormat)
    var status = ExitStatus.success
    var count = 0
    try CheckoutState.examine { [dir, stdin] put in
      var operands = OperandReader(dir, stdin: stdin, format: recordFormat, default: ".")
      while let paths = try operands.next() {
        for path in paths where !put(FilePath(text: path).absolute(against: directory)) { return }
      }
    } each: { states in
      for state in states {
        let text =
          json ? Array(state.json.compact.utf8) : format.text(recordFormat) { $0.text(of: state) }
        try output.record(formatted: text)
        if let error = state.error {
          status = ExitStatus.no
          Messages.error(error)
        }
      }
      try output.flush()
      count += states.count
      progress.update(count)
    }
    progress.finish(count)
    return status
  }
}
