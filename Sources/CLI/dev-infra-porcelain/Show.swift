import ArgumentParser
import CommandLineTool
import Listing
import Terminal
import RegistryReporting
import ByteStrings
import Registry
import RegistryStore
import RegistryIndex

struct Show: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra show", abstract: "Show all that is known of projects.",
    usage: "dev-infra show [--json] \(ProjectOperands.usage)")

  @Flag(help: "Print the entry and where it is as JSON.")
  var json = false
  @OptionGroup var projects: ProjectOperands

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let view = try store.view()
    var output = Output()
    var status = ExitStatus.success
    var isFirst = true
    let rows = try projects.rows(
      in: view, each: true,
      failing: { error in
        Messages.error(error)
        status = ExitStatus.no
      })
    for row in rows {
      do {
        let entry = try store.entry(of: row, withCheckouts: true)
        if json {
          try output.write(entry.canonical)
        } else {
          if !isFirst { try output.line("") }
          for (label, value) in try store.facts(of: row, in: view) {
            let padding = String(repeating: " ", count: max(1, 16 - label.count))
            try output.line("\(label):\(padding)\(Quoting.visible(value))")
          }
        }
        isFirst = false
      } catch  where Failure(error).status == ExitStatus.no {
        Messages.error(error)
        status = ExitStatus.no
      }
    }
    try output.flush()
    return status
  }
}
