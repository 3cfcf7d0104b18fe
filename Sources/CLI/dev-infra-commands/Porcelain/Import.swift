import ArgumentParser
import CommandLineTool
import Listing
import ListFormats
import Terminal
import RegistryReporting
import SystemSupport
import RegistryIndex
import RegistryStore

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
    var reading = ListReading(format, file: file)
    (reading.takesSSH, reading.root, reading.isQuiet) = (ssh, root, quiet)
    let (listed, status) = try reading.run()
    guard status == ExitStatus.success || status == ExitStatus.no else { return status }
    if listed.isEmpty, status == ExitStatus.success, !quiet {
      Messages.warning("found no project in \(reading.name)")
    }
    // A registry is not made for nothing.
    let isNothing = try dryRun || (listed.isEmpty && !ViewFile.ofEnvironment().exists())
    let scratch = try isNothing ? RegistryStore.scratchIfMissing() : nil
    defer { if let scratch { try? Files.removeTree(scratch) } }
    let store = try scratch.map { try RegistryStore.open($0) } ?? RegistryStore.makingIfMissing()
    var progress = Progress("Reading projects", total: listed.reduce(0) { $0 + $1.paths.count }, quiet: quiet)
    let result = try store.importList(
      listed, title: format.rawValue, overwriting: overwrite, areDirectories: format.holdsAnyDirectory,
      dryRun: dryRun
    ) { stage in
      switch stage {
      case .read(let count): progress.update(count)
      case .finished(let count): progress.finish(count)
      }
    }
    try ImportReport(isQuiet: quiet, isDryRun: dryRun).show(result)
    return result.failures.isEmpty && status == ExitStatus.success ? ExitStatus.success : ExitStatus.no
  }
}
