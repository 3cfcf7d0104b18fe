import IndexReporting
public import Ranking
public import Terminal
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
    case "import": return try importing(rest, words, file)
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

  // MARK: zoxide

  private static func importing(
    _ operands: [String], _ words: CommandWords, _ file: ViewFile
  ) throws -> Int32 {
    guard operands.count <= 1 else { throw Failure.usage("one file at a time") }
    let view = try file.fresh()
    let (bytes, name) = try source(operands.first)
    let now = UseFile.now
    let projects: [(id: [UInt8], rank: Double, time: Int)]
    do throws(ZoxideDatabase.Fault) {
      projects = try ZoxideDatabase(bytes, now: now).projects(of: view)
    } catch {
      throw Failure(error).during("reading \(name) failed")
    }
    if !words.has("--dry-run"), !projects.isEmpty {
      try UseFile(registry: file.registry).change { uses in
        for project in projects { uses.merge(project.id, rank: project.rank, time: project.time) }
      }
    }
    guard !words.has("--quiet") else { return ExitStatus.success }
    var output = Output()
    if words.has("--dry-run") {
      for project in projects.sorted(by: { $0.rank > $1.rank }) {
        guard let row = view.row(id: String(decoding: project.id, as: UTF8.self)) else { continue }
        try output.line(
          "would import \(Quoting.visible(row.name)) (\(Quoting.visible(row.paths.first ?? "")))")
      }
    }
    let verb = words.has("--dry-run") ? "would be" : "was"
    try output.line(
      "The use of \(projects.count) project\(projects.count == 1 ? "" : "s") \(verb) taken over from \(name)."
    )
    try output.flush()
    return ExitStatus.success
  }

  private static func source(_ operand: String?) throws -> (bytes: [UInt8], name: String) {
    if operand == "-" {
      return (try Files.read(0, name: "standard input", limit: ZoxideDatabase.sizeLimit), "standard input")
    }
    guard let path = operand.map({ FilePath(text: $0) }) ?? ZoxideDatabase.usualPath else {
      throw Failure.fatal("finding zoxide's database failed: HOME is not set")
    }
    do {
      return (try Files.read(path, limit: ZoxideDatabase.sizeLimit), path.visible)
    } catch {
      var failure = Failure(error)
      if error.isMissing, operand == nil {
        failure = Failure(
          status: failure.status, message: failure.message,
          hints: ["'zoxide query -ls | dev-infra rank import -' takes it from zoxide itself"])
      }
      throw failure
    }
  }
}

extension ZoxideDatabase.Fault: ReportedError {
  /// The fault in words.
  public var failure: Failure {
    switch self {
    case .version(let version):
      .fatal(
        "it is a database of zoxide's version \(version), and 3 is the one that is known",
        hints: "'zoxide query -ls | dev-infra rank import -' takes it from zoxide itself")
    case .damaged: .fatal("it is a damaged database of zoxide's")
    case .tooMany(let limit): .fatal("it has more than \(limit) directories")
    case .notAList(let line):
      .fatal(
        "line \(line) is not a score and an absolute path",
        hints: "zoxide's database is read, and what 'zoxide query -ls' prints")
    }
  }
}
