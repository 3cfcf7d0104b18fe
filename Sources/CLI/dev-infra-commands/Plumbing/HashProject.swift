import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import Git
import SystemSupport
import ByteStrings
import Registry
import RegistryStore
import SystemPackage

struct HashProject: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-hash-project", abstract: "Print the ids of projects, and make their entries.",
    usage: "dev-infra-hash-project [-z] [--stdin] [--identity] [-w --index-info] [<dir>...]")

  @Flag(name: .customShort("z"), help: "Records end in NUL and nothing is quoted.")
  var z = false
  @Flag(help: "Also take directories from standard input.")
  var stdin = false
  @Flag(help: "Print the identity record instead of its hash.")
  var identity = false
  @Flag(name: .customShort("w"), help: "Write the entries' objects into the registry.")
  var write = false
  @Flag(help: "Print records for dev-infra-update-registry; needs -w.")
  var indexInfo = false
  @Argument(help: "Directories; the current one without any.")
  var dir: [String] = []

  func validate() throws {
    guard write == indexInfo else { throw ValidationError("-w and --index-info go together") }
    guard !(identity && write) else { throw ValidationError("--identity prints; it does not go with -w") }
  }

  func execute() throws -> Int32 {
    let format = RecordFormat(z: z)
    guard write else { return try printIdentities(format) }
    return try writeEntries(Operands.paths(dir, stdin: stdin, format: format, default: "."), format)
  }

  private func printIdentities(_ format: RecordFormat) throws -> Int32 {
    // Only an identity by path names the machine, so a registry is not needed before that.
    let (machine, addresses) = Self.registry() ?? (LocalMachine.none, nil)
    var output = Output(format)
    var status = ExitStatus.success
    var operands = OperandReader(dir, stdin: stdin, format: format, default: ".")
    while let paths = try operands.next() {
      for directory in paths.map({ FilePath(text: $0) }) {
        do {
          var project = try ProjectDirectory(directory)
          if let addresses { project.resolve(by: addresses) }
          let (record, id) = try project.identity(on: machine)
          for warning in project.warnings { Messages.warning(warning.sentence) }
          if machine == LocalMachine.none, record.begins(with: "path ") {
            throw Failure.fatal(
              "hashing \(directory.visible) failed: it has neither a remote nor a commit, and no registry names this machine",
              hints: "'dev-infra init' makes a registry")
          }
          try output.record(identity ? record : id.hex)
        } catch {
          Messages.error(Failure(error))
          status = ExitStatus.no
        }
      }
      // Who waits for an answer before the next question has it.
      try output.flush()
    }
    return status
  }

  private static func registry() -> (machine: MachineID, addresses: RemoteAddresses?)? {
    guard let store = try? RegistryStore.ofEnvironment() else { return nil }
    return (store.machine.id, try? RemoteAddresses(store))
  }

  private func writeEntries(_ directories: [FilePath], _ format: RecordFormat) throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    var planner = try RegistrationPlanner(store, base: store.main())
    var status = ExitStatus.success
    for directory in directories {
      do {
        let result = try planner.register(ProjectDirectory(directory), in: store)
        for warning in result.warnings { Messages.warning(warning.sentence) }
      } catch {
        Messages.error(Failure(error))
        status = ExitStatus.no
      }
    }
    var output = Output(format)
    for record in try store.write(planner.entries) { try output.record(formatted: record.bytes(format)) }
    try output.flush()
    return status
  }
}
