import ArgumentParser
import CommandLineTool
import Terminal
import Listing
import ListReporting
import ForeignLists
import ListFormats
import Git
import SystemSupport
import ByteStrings
import Registry
import SystemPackage

/// dev-infra-read-list(1).
struct ReadList: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-read-list", abstract: "Read another tool's list of projects.",
    usage: "dev-infra-read-list [-z] [--ssh] [--root <dir>] --from <format> [<file>]")

  @Flag(name: .customShort("z"), help: "Records end in NUL.")
  var z = false
  @Flag(help: "Take URLs of ssh where the list has both.")
  var ssh = false
  @Option(help: ArgumentHelp("What relative paths start from; with ghq its root.", valueName: "dir"))
  var root: String?
  @Option(help: ArgumentHelp("The format of the list.", valueName: "format"))
  var from: String
  @Argument(help: "The list; standard input without one.")
  var file: String?

  func validate() throws {
    if file?.isEmpty ?? false { throw ValidationError("FILE is empty") }
  }

  func execute() throws -> Int32 {
    let format = try ListOption.format(from)
    let source = try self.source(format)
    // Records are written as they are read, except by readers that must see the whole list first.
    let output = Records(RecordFormat(z: z))
    var skips = false
    do {
      try format.read(source) { entry in
        try output.write(Array(entry.json.compact.utf8))
      } tell: { notice in
        if notice.show(of: format) { skips = true }
      }
    } catch let error as ListError {
      try output.flush()
      throw Failure(error).during("reading \(name) as \(format.rawValue) failed")
    }
    try output.flush()
    return skips ? ExitStatus.no : ExitStatus.success
  }

  private var path: FilePath? { file.flatMap { $0 == "-" ? nil : FilePath(text: $0) } }

  /// The descriptor that the list is read from; nil where it is a file.
  private var stream: Int32? { path.map { Files.descriptor(namedBy: $0) } ?? 0 }

  private var name: String { path?.visible ?? "standard input" }

  private func source(_ format: ListFormat) throws -> ListSource {
    let here = try Environment.currentDirectory()
    let bytes: [UInt8]
    do {
      bytes =
        if let path, stream == nil {
          try Files.read(path, limit: ListLimits.bytes)
        } else {
          // Made room for at once: growing would take as much again.
          try Files.read(stream ?? 0, name: name, limit: ListLimits.bytes, expecting: ListLimits.bytes)
        }
    } catch {
      guard error.code == .fileTooLarge else { throw error }
      throw Failure(ListError.tooLarge(limit: ListLimits.bytes)).during("reading \(name) failed")
    }
    let folder =
      (stream == nil ? path : nil).map { $0.absolute(against: here).removingLastComponent() } ?? here
    let home = Environment.home
    var source = ListSource(
      bytes, directory: root.map { FilePath(text: $0).absolute(against: here) } ?? folder, home: home)
    source.prefersSSH = ssh
    if format == .ghq { source.roots = root.map { _ in [source.directory] } ?? ghqRoots(home) }
    if format == .gita, path?.lastComponent?.string == "repos.csv" {
      source.sibling = { try? Files.read(folder.appending($0), limit: ListLimits.bytes) }
    }
    return source
  }

  /// Where ghq keeps its clones: by its variable, else by git's configuration, else in `~/ghq`.
  private func ghqRoots(_ home: FilePath?) -> [FilePath] {
    if let roots = Environment["GHQ_ROOT"], !roots.isEmpty {
      return roots.split(at: ":").map { FilePath(text: String($0)) }.filter(\.isAbsolute)
    }
    let git = GitProgram(outsideRepositories: .person)
    if let result = try? git.run(["config", "--type=path", "-z", "--get-all", "ghq.root"]),
      result.termination == .exited(0)
    {
      return result.output.split(separator: 0).map { FilePath(bytes: Array($0)) }.filter(\.isAbsolute)
    }
    return home.map { [$0.appending("ghq")] } ?? []
  }
}

/// Standard output that a closure may write to.
private final class Records {
  private var output: Output

  init(_ format: RecordFormat) { output = Output(format) }

  func write(_ record: [UInt8]) throws { try output.record(formatted: record) }

  func flush() throws { try output.flush() }
}
