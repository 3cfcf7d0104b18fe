import ArgumentParser
import CommandLineTool
import Listing
import Ranking
import Terminal
import IndexReporting
import SystemSupport
import ByteStrings
import RegistryIndex
import SystemPackage

/// `dev-infra path` with filters and globs, and its help. Without them the dispatcher answers it, in a tenth of the time.
struct Path: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra path", abstract: "Print where a project is on this machine.",
    usage: "dev-infra path [--exact] [--visit] \(ProjectOperands.usage)")

  @Flag(help: "Take no part of a name, and of several projects none.")
  var exact = false
  @Flag(help: "Count that each project was used, as the shell function p does.")
  var visit = false
  @OptionGroup var projects: ProjectOperands

  func execute() throws -> Int32 {
    let file = try ViewFile.ofEnvironment()
    let view = try file.fresh()
    var output = Output(RecordFormat(z: projects.choice.z))
    var visited: [String] = []
    let status = try projects.forEach(in: view) { row in
      try output.record(try view.placeHere(of: row))
      visited.append(row.id)
    }
    try output.flush()
    if visit, !visited.isEmpty { UseFile(registry: file.registry).note(visited) }
    return status
  }
}
