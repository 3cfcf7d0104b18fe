import ArgumentParser
import CommandLineTool
import Listing
import ListFormats
import Ranking
import Terminal
import RegistryReporting
import SystemSupport
import ByteStrings
import Registry
import RegistryIndex
import RegistryStore
import Synchronization
import SystemPackage

struct Export: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra export", abstract: "Print projects as another tool's list.",
    usage: """
      dev-infra export [--root <dir>] [--all] [--sort <key>] \(SelectionOptions.usage) [-z] [--stdin] <format> [<p>...]
      """)

  @Option(
    help: ArgumentHelp("What relative paths start from; the current directory without.", valueName: "dir"))
  var root: String?
  @Flag(name: .customShort("z"), help: "Records on standard input end in NUL.")
  var z = false
  @Argument(help: "The format of the list.")
  var format: String
  @OptionGroup var options: SelectionOptions

  func execute() throws -> Int32 {
    let format = try ListOption.format(format)
    if format.isBinary, Terminal.isTerminal(1) {
      throw Failure.usage("a list of \(format.rawValue) is not text; send it to a file")
    }
    var selection = try options.selection()
    if format.holdsURLs { selection.all = true }
    let store = try RegistryStore.ofEnvironment()
    let view = try store.view()
    let rows = try options.rows(&selection, of: view, z: z)
    if rows.isEmpty, selection.isNarrowed { throw EmptySelection(selection, of: view) }
    let uses = format.holdsURLs ? nil : UseFile(registry: store.directory).read()
    // All that may fail comes before the first record is written. A single remote is the one that the project
    // is cloned from, which its entry has already.
    let here = format.holdsRemotes ? rows.filter { !$0.isEmpty(.paths) }.compactMap { ProjectID($0.id) } : []
    view.release()
    let remotes = try store.severalRemotes(of: here)
    let records = RecordStream(rows.count, view) { number in
      let row = rows[number]
      var entry = ListEntry(row)
      if let use = uses?.entry(Array(row.id.utf8)) {
        entry.rank = Double(use.rank) / 1000
        entry.lastUsed = Timestamp(milliseconds: Int64(use.time) * 1000)
      }
      if !remotes.isEmpty, let id = ProjectID(row.id) { entry.remotes = remotes[id] ?? [:] }
      return entry
    }
    return try write(records, format)
  }

  /// Has dev-infra-write-list(1) write the records where this command writes.
  private func write(_ records: RecordStream, _ format: ListFormat) throws -> Int32 {
    let tool = try Environment.requireExecutablePath().appending("dev-infra-write-list")
    var run = ChildProcess(tool.text, ["--to", format.rawValue] + (root.map { ["--root", $0] } ?? []))
    run.moreInput = { records.next() }
    run.capturesOutput = false
    let relay = ErrorRelay()
    run.onErrors = relay.sink
    let result = try run.run()
    relay.end()
    switch result.termination {
    case .exited(let status): return status
    default: throw Failure.fatal("writing the list failed: dev-infra-write-list was ended by a signal")
    }
  }
}

/// The records of many projects, made as they are read: all of them take 40 MB of 100,000.
private final class RecordStream: Sendable {
  private let count: Int
  private let view: View
  private let entry: @Sendable (Int) -> ListEntry
  private let position = Mutex(0)

  /// Bytes that are made at a time.
  private static let piece = 1 << 16

  /// - Parameter view: the one that they are made from.
  init(_ count: Int, _ view: View, _ entry: @escaping @Sendable (Int) -> ListEntry) {
    (self.count, self.view, self.entry) = (count, view, entry)
  }

  /// Some records, each with its end; nil where there are no more.
  func next() -> [UInt8]? {
    position.withLock { position in
      guard position < count else { return nil }
      var bytes: [UInt8] = []
      while position < count, bytes.count < Self.piece {
        bytes += entry(position).json.compact.utf8 + [0]
        position += 1
      }
      view.release()
      return bytes
    }
  }
}

extension ListEntry {
  /// What the registry has of a project.
  fileprivate init(_ row: ViewRow) {
    self.init()
    for key in Self.keys {
      let text = row[.field(key)]
      guard !text.isEmpty else { continue }
      // As JSON has a path.
      fields[key] = key == .subdirectory ? Self.text(of: FilePath(text: text)) : text
    }
    url = row.isEmpty(.remoteURL) ? nil : row[.remoteURL]
    paths = row.paths.map { FilePath(text: $0) }
    tags = row.list(.tags)
  }
}
