import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import RegistryStore

struct VerifyRegistry: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-verify-registry", abstract: "Check every invariant of a registry commit.",
    usage: "dev-infra-verify-registry [--quiet] [<commit>]")

  @Flag(name: .shortAndLong, help: "Print nothing; the status tells.")
  var quiet = false
  @Argument(help: "The commit to check; main without one.")
  var commit: String?

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let findings = try store.verify(commit.map { try store.commit(named: $0) } ?? store.main())
    var output = Output()
    if !quiet { for line in findings.map(\.line).sorted() { try output.line(line) } }
    try output.flush()
    return findings.isEmpty ? ExitStatus.success : ExitStatus.no
  }
}
