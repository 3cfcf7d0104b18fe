import IndexReporting
public import Ranking
public import Terminal
import SystemSupport
import ByteStrings
import RegistryIndex
import SystemPackage

/// `dev-infra rank import`: what zoxide has counted.
struct RankImport {
  private let words: CommandWords
  private let file: ViewFile

  init(_ words: CommandWords, _ file: ViewFile) { (self.words, self.file) = (words, file) }

  func run(_ operands: [String]) throws -> Int32 {
    guard operands.count <= 1 else { throw Failure.usage("one file at a time") }
    let view = try file.fresh()
    let (bytes, name) = try Self.source(operands.first)
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
      if operand != nil, let stream = Files.descriptor(namedBy: path) {
        return (try Files.read(stream, name: path.visible, limit: ZoxideDatabase.sizeLimit), path.visible)
      }
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
    case .version:
      .fatal(sentence, hints: "'zoxide query -ls | dev-infra rank import -' takes it from zoxide itself")
    case .notAList: .fatal(sentence, hints: "zoxide's database is read, and what 'zoxide query -ls' prints")
    case .damaged, .tooMany: .fatal(sentence)
    }
  }
}
