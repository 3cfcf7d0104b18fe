public import ArgumentParser
import Console
import Platform
public import RegistryView
import SystemPackage

/// The options by which `dev-infra list` and `dev-infra-ls-projects` select and sort.
public struct SelectionOptions: ParsableArguments {
  @Flag(name: .customLong("all"), help: "Also projects that are not on this machine.")
  var all = false
  @Option(help: ArgumentHelp("Sort by a field; '-' before it reverses.", valueName: "key"))
  var sort = "name"
  @Option(help: ArgumentHelp("Only projects that this machine has, by name or id.", valueName: "m"))
  var machine: String?
  @Option(help: ArgumentHelp("Only projects of this status.", valueName: "s"))
  var status: String?
  @Option(help: ArgumentHelp("Only projects of this type.", valueName: "t"))
  var type: String?
  @Option(help: ArgumentHelp("Only projects of this classification.", valueName: "c"))
  var classification: String?
  @Option(help: ArgumentHelp("Only projects of this organization.", valueName: "o"))
  var organization: String?
  @Option(
    name: .customLong("tag"),
    help: ArgumentHelp("Only projects with this tag; may be repeated.", valueName: "tag"))
  var tags: [String] = []
  @Argument(help: "Globs on names, or on paths where they have a slash.")
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
    selection.machine = machine
    selection.status = status
    selection.projectType = type
    selection.classification = classification
    selection.organization = organization
    selection.tags = tags
    selection.patterns = patterns
    return selection
  }
}
