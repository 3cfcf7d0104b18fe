import Terminal
import ListFormats
import SystemSupport
import ByteStrings
import Registry
import RegistryStore
import SystemPackage

/// Another tool's list, which is read to be imported.
struct ListReading {
  let format: ListFormat
  /// The list; standard input without one.
  let file: String?
  /// Whether URLs of ssh are taken where the list has both.
  var takesSSH = false
  /// What relative paths start from.
  var root: String?
  var isQuiet = false

  init(_ format: ListFormat, file: String?) { (self.format, self.file) = (format, file) }

  /// The projects of the list, read by dev-infra-read-list(1): what comes from anywhere is taken apart in a process of its own.
  ///
  /// - Returns: them, and the status with which that command ended; where it failed, it has said why.
  func run() throws -> (projects: [ListedProject], status: Int32) {
    let tool = try Environment.requireExecutablePath().appending("dev-infra-read-list")
    var arguments = ["-z", "--from", format.rawValue] + (takesSSH ? ["--ssh"] : [])
    if let root { arguments += ["--root", root] }
    let path = file == "-" ? nil : file
    // The other process has no descriptors of this one.
    let stream = path.map { Files.descriptor(namedBy: FilePath(text: $0)) } ?? 0
    if let path, stream == nil { arguments += ["--", path] }
    var run = ChildProcess(tool.text, arguments)
    if let stream {
      if Terminal.isTerminal(stream), !isQuiet {
        Messages.note("Reading a list from the terminal, up to Ctrl-D")
      }
      do {
        run.input = try Files.read(stream, name: name, limit: Self.limit, expecting: Self.limit)
      } catch {
        guard error.code == .fileTooLarge else { throw error }
        throw Failure.fatal(
          "reading \(name) failed: it is larger than \(Self.limit >> 20) MiB",
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
    guard status == ExitStatus.success || status == ExitStatus.no else { return ([], status) }
    return (try result.output.split(separator: 0).map { try Self.project(Array($0)) }, status)
  }

  /// What messages call the list.
  var name: String { file.flatMap { $0 == "-" ? nil : FilePath(text: $0).visible } ?? "standard input" }

  /// Bytes of a list, as in dev-infra-read-list(1).
  private static let limit = 64 << 20

  private static func project(_ record: [UInt8]) throws -> ListedProject {
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
}
