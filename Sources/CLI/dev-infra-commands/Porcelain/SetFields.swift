import ArgumentParser
import CommandLineTool
import Listing
import Terminal
import RegistryReporting
import SystemSupport
import ByteStrings
import RegistryStore
import RegistryIndex

struct SetFields: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra set", abstract: "Change fields of projects.",
    usage: """
      dev-infra set [--quiet] [--dry-run] [--all] [<filters>] [-z] [--stdin] [<p>...] <key=value>... [-- <p>...]
      """)

  @Flag(name: .shortAndLong, help: "Print nothing.")
  var quiet = false
  @Flag(name: [.customShort("n"), .long], help: "Print what would be changed, and change nothing.")
  var dryRun = false
  @OptionGroup var choice: ProjectChoice
  @Argument(
    help: "Projects: an id or its beginning, a name, owner/name, a URL or a path; before or behind settings.")
  var p: String?
  @Argument(
    help: ArgumentHelp(
      "Fields; KEY= clears one, tags+=TAG and tags-=TAG add and take away.", valueName: "key=value"))
  var keyValue: [String] = []

  func execute() throws -> Int32 {
    let (named, settings) = Self.parted(Arguments.all, (p.map { [$0] } ?? []) + keyValue)
    guard !settings.isEmpty else { throw Failure.usage("set what? Give KEY=VALUE") }
    for setting in settings { try Self.refuseMisplacedSign(in: setting) }
    let edits = try settings.map { try FieldEdit($0) }
    let store = try RegistryStore.ofEnvironment()
    // All are found before any is changed.
    let rows = try choice.rows(of: named, in: store.view())
    try FieldChange(edits: edits, done: "changed", wouldDo: "would change").make(
      of: rows, in: store, dryRun: dryRun, quiet: quiet)
    return ExitStatus.success
  }

  /// Refuses `tags=+TAG`, which would put one tag of that name in the place of all.
  private static func refuseMisplacedSign(in setting: String) throws(Failure) {
    guard setting.begins(with: "tags=") else { return }
    let tags = setting.dropFirst("tags=".count).split(at: ",").map { $0.drop { $0 == " " || $0 == "\t" } }
    guard let tag = tags.first(where: { $0.begins(with: "+") || $0.begins(with: "-") }) else { return }
    throw .usage(
      "tags= replaces all tags, and '\(Quoting.visible(String(tag)))' begins with a sign: tags\(tag.prefix(1))="
        + "\(Quoting.visible(String(tag.dropFirst()))) \(tag.begins(with: "+") ? "adds" : "takes out") a tag")
  }

  /// Splits the operands into names and settings, which have a `=`. Behind `--` all are names if a setting stands before
  /// it; otherwise the first is a name whatever it contains, as in `set -- NAME KEY=VALUE`.
  private static func parted(
    _ arguments: [String], _ operands: [String]
  ) -> (names: [String], settings: [String]) {
    // The first is what ends the options: it is not a filter's value.
    let behind = arguments.firstIndex(of: "--").map { arguments.count - $0 - 1 } ?? 0
    let before = operands.dropLast(behind)
    let rest = operands.suffix(behind)
    let settings = before.filter { $0.holds("=") }
    let names = before.filter { !$0.holds("=") }
    guard settings.isEmpty else { return (names + rest, settings) }
    return (
      names + rest.prefix(1) + rest.dropFirst().filter { !$0.holds("=") },
      rest.dropFirst().filter { $0.holds("=") }
    )
  }
}
