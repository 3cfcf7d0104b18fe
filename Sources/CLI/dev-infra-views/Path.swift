import ArgumentParser
import CommandLineTool
import Listing
import Terminal
import IndexReporting
import SystemSupport
import ByteStrings
import RegistryIndex
import SystemPackage

struct Path: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra path", abstract: "Print where a project is on this machine.",
    usage: "dev-infra path \(ProjectOperands.usage)")

  @OptionGroup var projects: ProjectOperands

  func execute() throws -> Int32 {
    let view = try ViewFile.ofEnvironment().fresh()
    var output = Output(RecordFormat(z: projects.choice.z))
    var status = ExitStatus.success
    let rows = try projects.rows(
      in: view, each: true,
      failing: { error in
        Messages.error(error)
        status = ExitStatus.no
      })
    for row in rows {
      do {
        guard let first = row.paths.first else {
          let machines = row.list(.machines).map { Quoting.visible(view.name(of: $0)) }.joined(
            separator: ", ")
          throw Failure.no(
            "\(Quoting.visible(row.name)) is not on this machine\(machines.isEmpty ? "" : "; it is on \(machines)")"
          )
        }
        guard let path = row.paths.first(where: { Files.kind(of: FilePath(text: $0)) != nil }) else {
          throw Failure.no(
            "\(Quoting.visible(row.name)) was at \(Quoting.visible(first)), which is gone",
            hints: "'dev-infra refresh' looks for it nearby, 'dev-infra register DIR' tells where it is now")
        }
        try output.record(path)
      } catch  where Failure(error).status == ExitStatus.no {
        Messages.error(error)
        status = ExitStatus.no
      }
    }
    try output.flush()
    return status
  }
}
