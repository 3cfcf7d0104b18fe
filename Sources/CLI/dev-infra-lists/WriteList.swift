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
    let input: [UInt8]
    do {
      input = try Files.read(0, name: "standard input", limit: ListLimits.bytes, expecting: ListLimits.bytes)
    } catch {
      guard error.code == .fileTooLarge else { throw error }
      throw Failure(ListError.tooLarge(limit: ListLimits.bytes)).during("reading standard input failed")
    }
    var entries: [ListEntry] = []
    var skips = false
    do {
      try ListFormat.json.read(ListSource(input, directory: here, home: Environment.home)) { entry in
        entries.append(entry)
      } tell: { notice in
        if notice.show(of: .json) { skips = true }
      }
    } catch let error as ListError {
      throw Failure(error).during("reading standard input failed")
    }
    let places = ListPlaces(
      root: root.map { FilePath(text: $0).absolute(against: here) } ?? here, home: Environment.home)
    let text = format.write(entries, places)
    var output = Output()
    try output.write(text.bytes)
    try output.flush()
    for (reason, names) in text.omitted.sorted(by: { $0.value.count > $1.value.count }) {
      let shown = names.prefix(5).map { Quoting.visible($0) }.joined(separator: ", ")
      Messages.warning(
        "\(names.count) project\(names.count == 1 ? "" : "s") left out of the list: \(shown)"
          + "\(names.count > 5 ? ", …" : "") \(reason.sentence(names.count))")
    }
    return skips ? ExitStatus.no : ExitStatus.success
  }
}
