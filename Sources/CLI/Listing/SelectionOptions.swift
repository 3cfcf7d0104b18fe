public import ArgumentParser
import Terminal
import SystemSupport
import ByteStrings
import Registry
public import RegistryIndex
import SystemPackage

/// The options by which `dev-infra list` and `dev-infra-ls-projects` select and sort.
public struct SelectionOptions: ParsableArguments {
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
    try Self.check(status, ProjectStatus.self, "status")
    try Self.check(type, ProjectType.self, "project type")
    try Self.check(classification, Classification.self, "classification")
    var selection = Selection()
    selection.all = all
    selection.sort = key
    selection.machines = machine
    selection.statuses = status
    selection.projectTypes = type
    selection.classifications = classification
    selection.organizations = organization
    selection.tags = tags
    selection.patterns = patterns
    return selection
  }

  private static func check<Value: NamedValue>(_ texts: [String], _ type: Value.Type, _ field: String) throws
  {
    guard let text = texts.first(where: { Value(rawValue: $0) == nil }) else { return }
    throw Failure.usage("unknown \(field) '\(Quoting.visible(text))'; known are: \(Value.allowed)")
  }
}
