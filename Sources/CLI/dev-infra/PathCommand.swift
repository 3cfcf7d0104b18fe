import IndexReporting
import Ranking
import Terminal
import SystemSupport
import ByteStrings
import RegistryIndex
import SystemPackage

/// `dev-infra path` for projects that are named; a call with filters or globs goes to `dev-infra-light`, which takes longer to start
/// and knows every option.
enum PathCommand {
  /// The options that it knows by itself.
  private static let options = """
    OPTIONS:
      -z                      .
      --exact                 .
      --visit                 .
      --stdin                 .
    """

  static func run(_ arguments: [String]) throws -> Int32 {
    guard CommandWords.helpStatus(arguments) == nil, let words = try? CommandWords(arguments, help: options),
      words.has("--stdin") || !words.operands.isEmpty, !words.operands.contains(where: Selection.isGlob)
    else { try WholeCommand.become("dev-infra-path", arguments) }
    let format = RecordFormat(z: words.has("-z"))
    let file = try ViewFile.ofEnvironment()
    var finder = PlaceFinder(file, isExact: words.has("--exact"))
    var output = Output(format)
    var status = ExitStatus.success
    var visited: [String] = []
    var operands = OperandReader(words.operands, stdin: words.has("--stdin"), format: format)
    while let texts = try operands.next() {
      for query in try ProjectQuery.all(texts) {
        do {
          let (row, path) = try finder.find(query)
          try output.record(path)
          visited.append(row.id)
        } catch  where Failure(error).status == ExitStatus.no {
          Messages.error(error)
          status = ExitStatus.no
        }
      }
      // Who waits for an answer before the next question has it.
      try output.flush()
    }
    finder.end()
    if words.has("--visit"), !visited.isEmpty { UseFile(registry: file.registry).note(visited) }
    return status
  }
}
