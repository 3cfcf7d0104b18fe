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
    var records: [UInt8] = []
    let uses = format.holdsURLs ? nil : UseFile(registry: store.directory).read()
    for row in rows {
      var entry = ListEntry(row)
      if let use = uses?.entry(Array(row.id.utf8)) {
        entry.rank = Double(use.rank) / 1000
        entry.lastUsed = Timestamp(milliseconds: Int64(use.time) * 1000)
      }
      if format.holdsRemotes { entry.remotes = try remotes(of: row, in: store) }
      records += entry.json.compact.utf8 + [0]
    }
    return try write(records, format)
  }

  /// The remotes that a project has on this machine, where there is more than the one it is cloned from.
  private func remotes(of row: ViewRow, in store: borrowing RegistryStore) throws -> ByteKeyed<String> {
    guard !row.isEmpty(.paths), let id = ProjectID(row.id) else { return [:] }
    let remotes = try store.checkout(id, of: store.machine.id, in: store.main())?.remotes ?? [:]
    return remotes.count > 1 ? remotes : [:]
  }

  /// Has dev-infra-write-list(1) write the records where this command writes.
  private func write(_ records: [UInt8], _ format: ListFormat) throws -> Int32 {
    let tool = try Environment.requireExecutablePath().appending("dev-infra-write-list")
    var run = ChildProcess(tool.text, ["--to", format.rawValue] + (root.map { ["--root", $0] } ?? []))
    run.input = records
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
