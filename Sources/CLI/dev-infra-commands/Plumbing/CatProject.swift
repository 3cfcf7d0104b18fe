import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import ByteStrings
import Registry
import RegistryStore
import RegistryIndex

struct CatProject: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-cat-project", abstract: "Print entries of the registry.",
    usage: "dev-infra-cat-project [-z] [-e] [--checkouts] [--stdin] [<p>...]")

  @Flag(name: .customShort("z"), help: "Records end in NUL and nothing is quoted.")
  var z = false
  @Flag(name: .customShort("e"), help: "Print nothing; the status tells whether all are there.")
  var exists = false
  @Flag(help: "Also print where the project is, by machine.")
  var checkouts = false
  @Flag(help: "Also take projects from standard input.")
  var stdin = false
  @Argument(
    help:
      "Projects: an id or its beginning, a name, as much of host/owner/name as is unique, a URL or a path.")
  var p: [String] = []

  func execute() throws -> Int32 {
    guard !p.isEmpty || stdin else { throw Failure.usage("which project? Name one, or use --stdin") }
    let store = try RegistryStore.ofEnvironment()
    let view = try store.view()
    var output = Output()
    var status = ExitStatus.success
    var operands = OperandReader(p, stdin: stdin, format: RecordFormat(z: z))
    while let names = try operands.next() {
      for query in try ProjectQuery.all(names) {
        do {
          let entry = try store.entry(of: query.find(in: view), withCheckouts: checkouts)
          if !exists { try output.write(entry.canonical + (z ? [0] : [])) }
        } catch  where Failure(error).status == ExitStatus.no {
          if !exists { Messages.error(error) }
          status = ExitStatus.no
        }
      }
      // Who waits for an answer before the next question has it.
      try output.flush()
    }
    return status
  }
}
