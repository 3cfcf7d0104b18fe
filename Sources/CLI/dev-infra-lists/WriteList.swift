import ArgumentParser
import CommandLineTool
import Terminal
import Listing
import ListReporting
import ForeignLists
import ListFormats
import SystemSupport
import ByteStrings
import Registry
import SystemPackage

/// dev-infra-write-list(1).
struct WriteList: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-write-list", abstract: "Write projects as another tool's list.",
    usage: "dev-infra-write-list [--root <dir>] --to <format>")

  @Option(help: ArgumentHelp("What relative paths start from.", valueName: "dir"))
  var root: String?
  @Option(help: ArgumentHelp("The format of the list.", valueName: "format"))
  var to: String

  func execute() throws -> Int32 {
    let format = try ListOption.format(to)
    if format.isBinary, Terminal.isTerminal(1) {
      throw Failure.usage("a list of \(format.rawValue) is not text; send it to a file")
    }
    let here = try Environment.currentDirectory()
    let (entries, skips) = try readRecords(here)
    let places = ListPlaces(
      root: root.map { FilePath(text: $0).absolute(against: here) } ?? here, home: Environment.home)
    let output = CheckedOutput()
    let omitted = format.write(entries, places) { output.write($0) }
    try output.end()
    for (reason, names) in omitted.sorted(by: { $0.value.count > $1.value.count }) {
      let shown = names.prefix(5).map { Quoting.visible($0) }.joined(separator: ", ")
      Messages.warning(
        "\(names.count) project\(names.count == 1 ? "" : "s") left out of the list: \(shown)"
          + "\(names.count > 5 ? ", …" : "") \(reason.sentence(names.count))")
    }
    return skips ? ExitStatus.no : ExitStatus.success
  }

  /// The records on standard input, and whether some were passed over. Their bytes are freed when this returns.
  private func readRecords(_ here: FilePath) throws -> (entries: ListEntries, skips: Bool) {
    let input: [UInt8]
    do {
      input = try Files.read(
        0, name: "standard input", limit: ListLimits.records, expecting: ListLimits.bytes)
    } catch {
      guard error.code == .fileTooLarge else { throw error }
      throw Failure(ListError.tooLarge(limit: ListLimits.records)).during("reading standard input failed")
    }
    var entries = ListEntries(capacity: input.count)
    var skips = false
    do {
      var source = ListSource(input, directory: here, home: Environment.home)
      source.limits = (ListLimits.records, .max)
      try ListFormat.json.read(source) { entry in
        entries.append(entry)
      } tell: { notice in
        if notice.show(of: .json) { skips = true }
      }
    } catch let error as ListError {
      throw Failure(error).during("reading standard input failed")
    }
    return (entries, skips)
  }
}

/// Standard output for code that cannot throw: after a failure nothing more is written.
private final class CheckedOutput {
  private var output = Output()
  private var failure: Failure?

  func write(_ bytes: [UInt8]) {
    guard failure == nil else { return }
    do throws(Failure) { try output.write(bytes) } catch { failure = error }
  }

  /// Hands on what is left.
  ///
  /// - Throws: why something could not be written.
  func end() throws(Failure) {
    if let failure { throw failure }
    try output.flush()
  }
}
