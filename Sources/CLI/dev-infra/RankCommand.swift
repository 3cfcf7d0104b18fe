import IndexReporting
import Ranking
import Terminal
import SystemSupport
import ByteStrings
import RegistryIndex
import SystemPackage

/// `dev-infra rank`.
enum RankCommand {
  static let help = """
    OVERVIEW: Show and change how much projects are used

    USAGE: dev-infra rank [-z]
           dev-infra rank add [-z] [--around] [--quiet] [--stdin] <p> ...
           dev-infra rank remove [-z] [--stdin] <p> ...
           dev-infra rank import [--dry-run] [--quiet] [<file>]

    ARGUMENTS:
      <p>                     Projects: an id or its beginning, a name, as much of host/owner/name as is unique, a URL or a
                              path.
      <file>                  zoxide's database, or what 'zoxide query -ls' prints; '-' is standard input.

    OPTIONS:
      -z                      Records end in NUL and nothing is quoted.
      --around                Take paths alone, and count the project that each is in; one that is in no project is passed over.
      --stdin                 Also take projects from standard input.
      -n, --dry-run           Print what would be imported, and change nothing.
      -q, --quiet             Print nothing but errors.
      -h, --help              Show help information.

    """

  static func run(_ arguments: [String]) throws -> Int32 {
    let words = try CommandWords(arguments, help: help)
    let file = try ViewFile.ofEnvironment()
    let format = RecordFormat(z: words.has("-z"))
    let rest = Array(words.operands.dropFirst())
    switch words.operands.first {
    case nil: return try list(file, format)
    case "add": return try add(rest, words, file, format)
    case "remove": return try remove(rest, words, file, format)
    case "import": return try RankImport(words, file).run(rest)
    case let word?:
      throw Failure.usage("unknown subcommand '\(Quoting.visible(word))'; known are: add, remove, import")
    }
  }

  /// What counts most first: its score, its name, and where it is.
  private static func list(_ file: ViewFile, _ format: RecordFormat) throws -> Int32 {
    let view = try file.fresh()
    let now = UseFile.now
    let entries = UseFile(registry: file.registry).read().entries.sorted {
      ($1.score(at: now), $0.id) < ($0.score(at: now), $1.id)
    }
    var output = Output(format)
    var isEmpty = true
    for entry in entries {
      guard let row = view.row(id: entry.id) else { continue }
      isEmpty = false
      let fields = [Uses.text(ofScore: entry.score(at: now)), row.name, row.paths.first ?? ""].map {
        format.field($0)
      }
      try output.record(formatted: Array(fields.joined(separator: [0x09])))
    }
    try output.flush()
    if isEmpty, Terminal.isTerminal(2) {
      Messages.hint(
        "no project was used yet: 'p' and 'dev-infra pick' count, and 'dev-infra rank import' takes over what zoxide has counted"
      )
    }
    return ExitStatus.success
  }

  private static func add(
    _ operands: [String], _ words: CommandWords, _ file: ViewFile, _ format: RecordFormat
  ) throws -> Int32 {
    let view = try file.fresh()
    var (ids, status): ([String], Int32) = ([], ExitStatus.success)
    for query in try ProjectQuery.all(texts(operands, words, format)) {
      if words.has("--around") {
        let directory = FilePath(text: query.text).absolute(against: try Environment.currentDirectory())
        guard let path = view.projectPath(around: directory.resolvedAsFarAsItExists),
          let row = view.rows(where: .paths, is: path.text).first
        else { continue }
        ids.append(row.id)
        continue
      }
      do {
        ids.append(try query.find(in: view).id)
      } catch  where Failure(error).status == ExitStatus.no {
        if !words.has("--quiet") { Messages.error(error) }
        status = ExitStatus.no
      }
    }
    guard !ids.isEmpty else { return status }
    try UseFile(registry: file.registry).change { uses in
      for id in ids { uses.note(Array(id.utf8), at: UseFile.now) }
    }
    return status
  }

  private static func remove(
    _ operands: [String], _ words: CommandWords, _ file: ViewFile, _ format: RecordFormat
  ) throws -> Int32 {
    let view = try file.fresh()
    let ids = try ProjectQuery.all(texts(operands, words, format)).map { try $0.find(in: view).id }
    try UseFile(registry: file.registry).change { uses in
      for id in ids { uses.remove(Array(id.utf8)) }
    }
    return ExitStatus.success
  }

  private static func texts(
    _ operands: [String], _ words: CommandWords, _ format: RecordFormat
  ) throws -> [String] {
    guard words.has("--stdin") || !operands.isEmpty else {
      throw Failure.usage("which project? Name one, or use --stdin")
    }
    return try Operands.texts(operands, stdin: words.has("--stdin"), format: format)
  }
}
