public import ArgumentParser
import CommandLineTool
import IndexReporting
import Terminal
import SystemSupport
import ByteStrings
import Registry
public import RegistryIndex
import SystemPackage

/// The options by which a list selects and sorts.
public struct SelectionOptions: ParsableArguments {
  /// How a usage text shows the filters, see dev-infra-where(7).
  public static let usage = "[<filters>]"

  @Flag(name: .shortAndLong, help: "Also projects that are not on this machine.")
  var all = false
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Sort by an atom; '-' before it reverses. Of several the last counts most.", valueName: "key"))
  var sort: [String] = []
  @OptionGroup var filters: FilterOptions
  @Flag(help: "Only projects that standard input names.")
  var stdin = false
  @Argument(
    help: ArgumentHelp("Globs on names, or on paths where they have a slash; or projects.", valueName: "p"))
  var patterns: [String] = []

  /// No options.
  public init() {}

  /// The selection they make.
  ///
  /// - Throws: a usage `Failure` for a sort key that does not exist, and as ``FilterOptions/selection()``.
  public func selection() throws -> Selection {
    _ = try keys()
    var selection = try filters.selection()
    selection.all = all
    selection.patterns = patterns
    // Only what is named is looked for from here: the current directory may be gone.
    if !patterns.isEmpty { selection.directory = try Environment.currentDirectory() }
    return selection
  }

  private func keys() throws(Failure) -> [SortKey] {
    var keys: [SortKey] = []
    for text in sort { keys.append(try SortKey(text)) }
    return keys
  }

  /// The rows of a view that are selected, for a command that works on checkouts.
  ///
  /// - Parameter z: whether records of standard input end in NUL.
  /// - Throws: a documented "no" where the options narrow the selection, and leave nothing that is on this machine; or where a word
  ///   matches nothing there.
  public func rowsForCheckouts(of view: View, z: Bool) throws -> [ViewRow] {
    var selection = try selection()
    let rows = try rows(&selection, of: view, z: z)
    if selection.isNarrowed, rows.allSatisfy({ $0.isEmpty(.paths) }) {
      throw EmptySelection(selection, of: view)
    }
    return rows
  }

  /// The rows of a view that are selected, with what standard input narrows, in their order.
  ///
  /// - Parameters:
  ///   - z: whether records of standard input end in NUL.
  ///   - values: reads what conditions and keys ask for beside the index.
  ///   - failing: what is to be done where one of several words matches nothing; throws unless given.
  public func rows(
    _ selection: inout Selection, of view: View, z: Bool, _ values: ListValues? = nil,
    failing: (any Error) throws -> Void = { throw $0 }
  ) throws -> [ViewRow] {
    let values = values ?? ListValues(of: view)
    // Where none of the words matches anything, the list is empty, and the caller tells why; so it is with a single one.
    let unmatched = selection.patterns.count > 1 ? selection.unmatchedPatterns(in: view) : []
    for text in unmatched where unmatched.count < selection.patterns.count {
      var single = Selection()
      (single.all, single.machines, single.patterns) = (selection.all, selection.machines, [text])
      try failing(EmptySelection(single, of: view))
    }
    if stdin {
      let queries = try ProjectQuery.all(Operands.texts([], stdin: true, format: RecordFormat(z: z)))
      selection.ids = Set(try queries.map { try $0.find(in: view).id })
    }
    return try values.sorted(selection.rows(of: view, states: values.states), by: keys())
  }

  /// As ``rows(_:of:z:_:failing:)``, for a command that lists: a word that matches nothing is reported, and the others
  /// are still listed.
  ///
  /// - Returns: the rows, with the status that the list ends with.
  public func listedRows(
    _ selection: inout Selection, of view: View, z: Bool, _ values: ListValues
  ) throws -> (rows: [ViewRow], status: Int32) {
    var status = ExitStatus.success
    let rows = try rows(&selection, of: view, z: z, values) { error in
      Messages.error(error)
      status = ExitStatus.no
    }
    return (rows, status)
  }
}
