public import ArgumentParser
import CommandLineTool
import Terminal
import ByteStrings
public import RegistryIndex
import SystemSupport

/// The options by which a command of many chooses the projects that it works on, beside those that are named.
public struct ProjectChoice: ParsableArguments {
  /// Whether what is not on this machine is chosen, too.
  @Flag(name: .shortAndLong, help: "Every project, also those that are not on this machine.")
  public var all = false
  @OptionGroup var filters: FilterOptions
  /// Whether records end in NUL.
  @Flag(name: .customShort("z"), help: "Records end in NUL and are not quoted.")
  public var z = false
  /// Whether standard input names some.
  @Flag(help: "Also take projects from standard input.")
  public var stdin = false

  /// No options.
  public init() {}

  /// Whether none of them chooses anything.
  public var isEmpty: Bool { !all && filters.isEmpty && !stdin }

  /// The rows of a view that they choose, each once: those that are named, wherever they are, in the order of the words; those
  /// that globs match; and without either all that the filters leave.
  ///
  /// - Parameters:
  ///   - operands: the words that name projects, or are globs.
  ///   - each: whether a project that is named twice counts twice.
  ///   - claim: whether a text names something that no view has, which the caller sees to.
  ///   - failing: what is to be done where a word names none or several; throws unless given.
  /// - Throws: a usage `Failure` where nothing was given, and a documented "no" where nothing is left.
  public func rows(
    of operands: [String], in view: View, each: Bool = false,
    claiming claim: (String) throws -> Bool = { _ in false },
    failing: (any Error) throws -> Void = { throw $0 }
  ) throws -> [ViewRow] {
    guard !isEmpty || !operands.isEmpty else {
      throw Failure.usage(
        "which project? Name one, choose some by filters, or use --stdin; --all takes every one")
    }
    var selection = try filters.selection()
    guard stdin || !operands.isEmpty else {
      selection.all = all
      let rows = try selection.rows(of: view, states: CheckoutStates())
      if rows.isEmpty, selection.isNarrowed { throw EmptySelection(selection, of: view) }
      return rows
    }
    var rows: [ViewRow] = []
    var ids: Set<String> = []
    func add(_ row: ViewRow) { if ids.insert(row.id).inserted || each { rows.append(row) } }
    let piped = try Operands.texts([], stdin: stdin, format: RecordFormat(z: z))
    var claimed = false
    for (index, query) in try ProjectQuery.all(operands + piped).enumerated() {
      do {
        if try claim(query.text) {
          claimed = true
          continue
        }
        add(try query.find(in: view))
      } catch RegistryIndexError.unknownProject, RegistryIndexError.noProject {
        do {
          // A name may have any characters in it, and goes before what the glob matches.
          try matched(query, mayBeGlob: index < operands.count, in: view).forEach(add)
        } catch  where Failure(error).status == ExitStatus.no {
          try failing(error)
        }
      } catch  where Failure(error).status == ExitStatus.no {
        try failing(error)
      }
    }
    guard !filters.isEmpty, !rows.isEmpty else { return rows }
    selection.all = true
    selection.ids = ids
    let left = Set(try selection.rows(of: view, states: CheckoutStates()).map(\.id))
    if left.isEmpty, !claimed {
      throw Failure.no("of the projects that are named none is what the options ask for")
    }
    return rows.filter { left.contains($0.id) }
  }

  private func matched(_ query: ProjectQuery, mayBeGlob: Bool, in view: View) throws -> [ViewRow] {
    guard mayBeGlob, Selection.isGlob(query.text) else { return [try query.find(in: view)] }
    var selection = Selection()
    selection.all = all || !filters.machine.isEmpty
    selection.patterns = [query.text]
    let rows = try selection.rows(of: view)
    if rows.isEmpty { throw EmptySelection(selection, of: view) }
    return rows
  }
}

/// The projects that a command of many works on: those that operands and standard input name, those whose names a glob matches,
/// and of these, or of all, what the filters leave.
public struct ProjectOperands: ParsableArguments {
  /// How a usage text shows them.
  public static let usage = "[--all] [<filters>] [-z] [--stdin] [<p>...]"

  /// The options.
  @OptionGroup public var choice: ProjectChoice
  /// The words.
  @Argument(help: "Projects: an id or its beginning, a name, owner/name, a URL or a path; or a glob.")
  public var p: [String] = []

  /// No operands.
  public init() {}

  /// Whether nothing was given that chooses.
  public var isEmpty: Bool { choice.isEmpty && p.isEmpty }

  /// The rows of a view that they choose, see ``ProjectChoice/rows(of:in:each:claiming:failing:)``.
  public func rows(
    in view: View, each: Bool = false, claiming claim: (String) throws -> Bool = { _ in false },
    failing: (any Error) throws -> Void = { throw $0 }
  ) throws -> [ViewRow] {
    try choice.rows(of: p, in: view, each: each, claiming: claim, failing: failing)
  }
  /// Does something with each project that they choose, as often as it is named. A word or a project whose answer is a
  /// documented "no" is reported, and the others are still handled.
  ///
  /// - Returns: the exit status: whether all went well.
  public func forEach(in view: View, _ body: (ViewRow) throws -> Void) throws -> Int32 {
    var status = ExitStatus.success
    func tell(_ error: any Error) {
      Messages.error(error)
      status = ExitStatus.no
    }
    for row in try rows(in: view, each: true, failing: tell) {
      do {
        try body(row)
      } catch  where Failure(error).status == ExitStatus.no {
        tell(error)
      }
    }
    return status
  }
}
