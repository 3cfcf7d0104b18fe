public import ArgumentParser
import Terminal
import SystemSupport
import ByteStrings
import Registry
public import RegistryIndex
import SystemPackage

/// The options by which `dev-infra list` and `dev-infra-ls-projects` select and sort.
public struct SelectionOptions: ParsableArguments {
  /// How a usage text shows the options that select.
  public static let usage = """
    [--machine <m>]... [--status <s>]... [--type <t>]... [--classification <c>]... [--organization <o>]... [--tag <tag>]...
    """

  @Flag(name: .shortAndLong, help: "Also projects that are not on this machine.")
  var all = false
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Sort by a field; '-' before it reverses.", valueName: "key"))
  var sort = "name"
  @Option(
    help: ArgumentHelp("Only projects that this machine has, by name or id; of several, any.", valueName: "m")
  )
  var machine: [String] = []
  @Option(help: ArgumentHelp("Only projects of this status; of several, of any.", valueName: "s"))
  var status: [String] = []
  @Option(help: ArgumentHelp("Only projects of this type; of several, of any.", valueName: "t"))
  var type: [String] = []
  @Option(help: ArgumentHelp("Only projects of this classification; of several, of any.", valueName: "c"))
  var classification: [String] = []
  @Option(help: ArgumentHelp("Only projects of this organization; of several, of any.", valueName: "o"))
  var organization: [String] = []
  @Option(
    name: .customLong("tag"),
    help: ArgumentHelp("Only projects with this tag; may be repeated.", valueName: "tag"))
  var tags: [String] = []
  @Argument(help: ArgumentHelp("Globs on names, or on paths where they have a slash.", valueName: "pattern"))
  var patterns: [String] = []

  /// No options.
  public init() {}

  /// The selection they make.
  ///
  /// - Throws: a usage `Failure` for a sort key that does not exist.
  public func selection() throws -> Selection {
    guard let key = SortKey(sort) else {
      let known = RowAtom.allCases.map(\.rawValue).joined(separator: " ")
      throw Failure.usage("unknown sort key '\(sort)'; known are: \(known)")
    }
    var selection = Selection()
    selection.all = all
    selection.sort = key
    selection.machines = machine
    let fields = [
      ("status", status), ("project_type", type), ("classification", classification),
      ("organization", organization),
    ]
    for (key, texts) in fields where !texts.isEmpty {
      try Self.check(texts, key)
      selection.fields[key] = texts
    }
    selection.tags = tags
    selection.patterns = patterns
    return selection
  }

  private static func check(_ texts: [String], _ key: String) throws {
    guard let words = ProjectField(key)?.words,
      let text = texts.first(where: { !words.containsBytes(of: $0) })
    else { return }
    let field = key.replacing("_", with: " ")
    throw Failure.usage(
      "unknown \(field) '\(Quoting.visible(text))'; known are: \(words.joined(separator: ", "))")
  }
}
