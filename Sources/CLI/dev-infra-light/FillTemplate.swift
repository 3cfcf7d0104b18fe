import ArgumentParser
import CommandLineTool
import Terminal
import TemplateRendering
import SystemSupport
import ByteStrings
import SystemPackage

struct FillTemplate: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-fill-template", abstract: "Copy a directory and fill in its tags.",
    usage: "dev-infra-fill-template [-z] [--set <key=value>]... <source> <target>")

  @Flag(name: .customShort("z"), help: "Records end in NUL and nothing is quoted.")
  var z = false
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("What the tag {{KEY}} is filled with; may be repeated.", valueName: "key=value"))
  var set: [String] = []
  @Argument(help: "The template's directory.")
  var source: String
  @Argument(help: "What to make; nothing is there, or an empty directory.")
  var target: String

  func execute() throws -> Int32 {
    var values: [String: String] = [:]
    for assignment in set {
      let (key, value) = try Self.parts(of: assignment)
      values[key] = value
    }
    try Interruption.watch()
    let here = try Environment.currentDirectory()
    let made = try TemplateTree(FilePath(text: source), values: values)
      .fill(FilePath(text: target).absolute(against: here))
    var output = Output(RecordFormat(z: z))
    for path in made { try output.record(path.text) }
    try output.flush()
    return ExitStatus.success
  }

  private static func parts(of assignment: String) throws(Failure) -> (key: String, value: String) {
    let parts = assignment.split(at: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw .usage("--set takes KEY=VALUE, not '\(Quoting.visible(assignment))'")
    }
    guard !ByteText.holdsRawBytes(assignment) else {
      throw .usage("the value of '\(Quoting.visible(String(parts[0])))' is not UTF-8")
    }
    return (String(parts[0]), String(parts[1]))
  }
}
