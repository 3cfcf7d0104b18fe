import ArgumentParser
import CommandLineTool
import Listing
import ListFormats
import Terminal
import RegistryReporting
import SystemSupport
import ByteStrings
import Registry
import RegistryIndex
import RegistryStore
import SystemPackage

struct Import: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra import", abstract: "Take another tool's list of projects into the registry.",
    usage: "dev-infra import [--dry-run] [--quiet] [--overwrite] [--ssh] [--root <dir>] <format> [<file>]")

  @Flag(
    name: [.customShort("n"), .long], help: "Print what would be new, changed and known, and change nothing.")
  var dryRun = false
  @Flag(name: .shortAndLong, help: "Print only what failed.")
  var quiet = false
  @Flag(help: "Put the list's values in the place of those that projects have.")
  var overwrite = false
  @Flag(help: "Take URLs of ssh where the list has both.")
  var ssh = false
  @Option(help: ArgumentHelp("What relative paths start from; with ghq its root.", valueName: "dir"))
  var root: String?
  @Argument(help: "The format of the list.")
  var format: String
  @Argument(help: "The list; standard input without one.")
  var file: String?

  func execute() throws -> Int32 {
    let format = try ListOption.format(format)
    let (records, status) = try read(format)
    guard status == ExitStatus.success || status == ExitStatus.no else { return status }
    let listed = try records.map { try Self.listed($0) }
    // A registry is not made for nothing.
    let isNothing = try dryRun || (listed.isEmpty && !ViewFile.ofEnvironment().exists())
    let scratch = try isNothing ? RegistryStore.scratchIfMissing() : nil
    defer { if let scratch { try? Files.removeTree(scratch) } }
    let store = try scratch.map { try RegistryStore.open($0) } ?? RegistryStore.makingIfMissing()
    var progress = Progress("Reading projects", total: listed.reduce(0) { $0 + $1.paths.count }, quiet: quiet)
    let result = try store.importList(
      listed, title: format.rawValue, overwriting: overwrite, areDirectories: format.holdsAnyDirectory,
      dryRun: dryRun
    ) { reading in
      switch reading {
      case .read(let count): progress.update(count)
      case .finished(let count): progress.finish(count)
      }
    }
    try report(result)
    return result.failures.isEmpty && status == ExitStatus.success ? ExitStatus.success : ExitStatus.no
  }

  /// The records of the list, read by dev-infra-read-list(1): what comes from anywhere is taken apart in a process of its own.
  private func read(_ format: ListFormat) throws -> (records: [[UInt8]], status: Int32) {
    let tool = try Environment.requireExecutablePath().appending("dev-infra-read-list")
    var arguments = ["-z", "--from", format.rawValue] + (ssh ? ["--ssh"] : [])
    if let root { arguments += ["--root", root] }
    let path = file == "-" ? nil : file
    if let path { arguments += ["--", path] }
    var run = ChildProcess(tool.text, arguments)
    if path == nil {
      if Terminal.isTerminal(0), !quiet { Messages.note("Reading a list from the terminal, up to Ctrl-D") }
      do {
        run.input = try Files.read(0, name: "standard input", limit: Self.limit, expecting: Self.limit)
      } catch {
        guard error.code == .fileTooLarge else { throw error }
        throw Failure.fatal(
          "reading standard input failed: it is larger than \(Self.limit >> 20) MiB",
          hints: "parts of it can be imported one after the other")
      }
    }
    let relay = ErrorRelay()
    run.onErrors = relay.sink
    defer { relay.end() }
    let result = try run.run()
    guard case .exited(let status) = result.termination else {
      throw Failure.fatal("reading the list failed: dev-infra-read-list was ended by a signal")
    }
    return (result.output.split(separator: 0).map { Array($0) }, status)
  }

  /// Bytes of a list, as in dev-infra-read-list(1).
  private static let limit = 64 << 20

  private static func listed(_ record: [UInt8]) throws -> ListedProject {
    let entry: ListEntry
    do {
      entry = ListEntry(record: try JSON.parse(record))
    } catch {
      throw Failure.fatal("reading the list failed: a record is not JSON: \(error.fault.words)")
    }
    var project = ListedProject(
      name: entry.name, url: entry.url.flatMap { try? RemoteURL($0) }, paths: entry.paths, tags: entry.tags)
    project.subdirectory = entry.fields[.subdirectory].flatMap(ListEntry.path(of:))
    project.fields = ListEntry.keys.filter { $0 != .subdirectory }.compactMap { key in
      entry.fields[key].map { (key, $0) }
    }
    return project
  }

  private func report(_ result: ImportResult) throws {
    for warning in result.warnings { Messages.warning(warning.sentence) }
    for (name, value) in result.leftOut {
      Messages.warning("\(Quoting.visible(name)): a value of the list is left out: \(value.sentence)")
    }
    for error in result.failures { Messages.error(error) }
    guard !quiet else { return }
    var output = Output()
    for project in result.projects where dryRun || project.change != .known {
      let place = project.path?.visible ?? Quoting.visible(project.url ?? "")
      try output.line("\(Self.word(project.change)) \(Quoting.visible(project.name)) (\(place))")
    }
    try output.flush()
    if Terminal.isTerminal(2) { summarize(result) }
  }

  private static func word(_ change: ImportedProject.Change) -> String {
    switch change {
    case .new: "new"
    case .changed: "changed"
    case .known: "known"
    }
  }

  /// For a person, how many there were of each, and what to do next.
  private func summarize(_ result: ImportResult) {
    let counts = [ImportedProject.Change.new, .changed, .known].map { change in
      "\(result.projects.count { $0.change == change }) \(Self.word(change))"
    }
    let rest = result.passedOver > 0 ? "; \(result.passedOver) in no project" : ""
    Messages.note("\(counts.joined(separator: ", "))\(rest)")
    if !dryRun, result.projects.contains(where: { $0.change == .new && $0.path == nil }) {
      Messages.hint("'dev-infra clone --all' brings what is not here, 'dev-infra undo' takes the import back")
    }
  }
}
