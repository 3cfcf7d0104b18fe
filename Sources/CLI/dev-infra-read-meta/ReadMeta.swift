import ArgumentParser
import CommandLineTool
import Terminal
import Metadata
import SystemSupport
import ByteStrings
import Registry
import SystemPackage

/// dev-infra-read-meta(1).
@main
struct ReadMeta: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-read-meta", abstract: "Read, check and change a project's .dev-infra.yml",
    usage: """
      dev-infra-read-meta [-z] [--json | --get <key> | --check] [<dir>]
      dev-infra-read-meta --set <key=value> [--set <key=value>]... [<dir>]
      """)

  @Flag(name: .customShort("z"), help: "End records with NUL and quote nothing.")
  var nul = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(help: ArgumentHelp("Print the value of KEY.", valueName: "key"))
  var get: String?

  @Flag(help: "Print nothing but what is wrong with the file.")
  var check = false

  @Option(help: ArgumentHelp("Set KEY to VALUE, or remove it where VALUE is empty.", valueName: "key=value"))
  var set: [String] = []

  @Argument(help: "The project's directory, or the file itself.")
  var dir = "."

  func validate() throws {
    if [json, get != nil, check, !set.isEmpty].count(where: { $0 }) > 1 {
      throw ValidationError("--json, --get, --check and --set exclude each other.")
    }
    if dir.isEmpty { throw ValidationError("DIR is empty; '.' is the current directory.") }
  }

  func execute() throws -> Int32 {
    let given = FilePath(text: dir)
    let isFile = (Files.kind(of: given) ?? .directory) != .directory
    var path = isFile ? given : given.appending(ProjectMetadata.fileName)
    do {
      // A file that is named is meant, whatever leads to it.
      if !isFile { path = try ProjectMetadata.place(in: given) }
      if !set.isEmpty {
        try ProjectMetadata.update(file: path, setting: set.map(Self.change))
        return ExitStatus.success
      }
      guard let metadata = try ProjectMetadata.read(file: path) else {
        throw Failure.no(
          "there is no \(path.visible); name a project's directory, or make the file with --set")
      }
      return try report(metadata, path)
    } catch let error as MetadataError {
      throw Failure.fatal("\(path.visible):\(error.line):\(error.column): \(error.message)")
    }
  }

  private static func change(_ argument: String) throws(Failure) -> (key: String, text: String) {
    let scalars = argument.unicodeScalars
    guard let separator = scalars.firstIndex(of: "="), separator > scalars.startIndex else {
      throw Failure.usage("--set takes KEY=VALUE, not '\(Quoting.visible(argument))'")
    }
    return (String(scalars[..<separator]), String(scalars[scalars.index(after: separator)...]))
  }

  private func report(_ metadata: ProjectMetadata, _ path: FilePath) throws -> Int32 {
    for finding in metadata.findings {
      let message = "\(path.visible):\(finding.line): \(finding.message)"
      finding.severity == .error ? Messages.error(message) : Messages.warning(message)
    }
    if check { return metadata.findings.isEmpty ? ExitStatus.success : ExitStatus.no }
    var output = Output(RecordFormat(z: nul))
    if json {
      try output.record(formatted: Array(JSON(metadata.stated).compact.utf8))
    } else if let get {
      try printValues(of: get, in: metadata, path, to: &output)
    } else {
      for (name, text) in metadata.stated.flatMap(\.scalars) { try output.record("\(name)=\(text)") }
    }
    try output.flush()
    return ExitStatus.success
  }

  private func printValues(
    of key: String, in metadata: ProjectMetadata, _ path: FilePath, to output: inout Output
  ) throws(Failure) {
    if let entry = metadata.stated.first(where: { $0.key == key }), case .list = entry.value {
      for (name, text) in entry.scalars where name == key { try output.record(text) }
      return
    }
    let scalars = metadata.stated.flatMap(\.scalars)
    let values = scalars.filter { $0.name == key }
    guard !values.isEmpty else {
      let below = scalars.map(\.name).filter { $0.utf8.starts(with: "\(key).".utf8) }
      let hint = below.first.map { "; it holds other keys, such as \(Quoting.visible($0))" } ?? ""
      throw Failure.no("\(path.visible) has no value for \(Quoting.visible(key))\(hint)")
    }
    for (_, text) in values { try output.record(text) }
  }
}
