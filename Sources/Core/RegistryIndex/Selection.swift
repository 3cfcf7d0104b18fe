import ByteStrings
public import Registry
public import SystemPackage

/// Which projects of a view are meant.
public struct Selection: Sendable {
  /// Also projects that are not on this machine.
  public var all = false
  /// Only those that one of these machines has, by id or name.
  public var machines: [String] = []
  /// Only those whose fields have exactly one of these texts, by key.
  public var fields: [String: [String]] = [:]
  /// Only those that have one of these tags.
  public var tags: [String] = []
  /// Only the one at this path, absolute, or at the nearest directory above it.
  public var path: String?
  /// Only those whose name matches one of these globs, or whose path does where the glob has a slash; or which one of
  /// these texts means, where it is not a glob.
  public var patterns: [String] = []
  /// What relative paths among the patterns start from.
  public var directory = FilePath("/")
  /// Only those with these ids.
  public var ids: Set<String>?
  /// Only those that this holds for.
  public var condition: Condition?
  /// The time that spans of the condition count back from.
  public var now = Timestamp(milliseconds: 0)
  /// What `~` is in the condition.
  public var home: String?

  /// Every project on this machine, by name.
  public init() {}

  /// Whether anything beside ``all`` narrows it.
  public var isNarrowed: Bool {
    !machines.isEmpty || !fields.isEmpty || !tags.isEmpty || path != nil || !patterns.isEmpty || ids != nil
      || condition != nil
  }

  /// The selected rows of `view`, by name.
  ///
  /// - Parameter states: reads the working trees that the condition asks about.
  /// - Throws: what the source does, and ``RegistryIndexError`` where it is needed and there is none.
  public func rows(of view: View, states: (any CheckoutStateSource)? = nil) throws -> [ViewRow] {
    let wanted = machineIDs(in: view)
    let isNarrowed = isNarrowed
    let texts = fields.map { (ViewColumn.field($0), $1) }
    let patterns = patterns.map { Pattern($0, of: view, from: directory) }
    let matched = view.rows.filter { row in
      guard isLookedFor(row, wanted) else { return false }
      guard isNarrowed else { return true }
      return texts.allSatisfy { $1.containsBytes(of: row[$0]) }
        && (tags.isEmpty || row.list(.tags).contains { tags.containsBytes(of: $0) })
        && (ids?.contains(row.id) ?? true)
        && (path.map { row.paths.containsBytes(of: $0) } ?? true)
        && (patterns.isEmpty || patterns.contains { $0.matches(row) })
    }
    // The id decides between equal names, so that the same registry is always listed alike.
    let keyed = try holding(matched, of: view, states).map { (SortValue.text($0.name.lowercased()), $0) }
    return keyed.sorted { $0.0 == $1.0 ? $0.1.id < $1.1.id : $0.0 < $1.0 }.map(\.1)
  }

  /// The patterns that match no project on the machines that are looked at, whatever else narrows the selection: words that were
  /// mistyped, or mean what is elsewhere.
  public func unmatchedPatterns(in view: View) -> [String] {
    guard !patterns.isEmpty else { return [] }
    let wanted = machineIDs(in: view)
    var left = patterns.map { (text: $0, pattern: Pattern($0, of: view, from: directory)) }
    for row in view.rows where isLookedFor(row, wanted) {
      left.removeAll { $0.pattern.matches(row) }
      if left.isEmpty { break }
    }
    return left.map(\.text)
  }

  private func machineIDs(in view: View) -> Set<String> {
    Set(machines).union(view.machineNames.filter { machines.containsBytes(of: $0.value) }.keys)
  }

  /// Whether a row is of a machine that is looked at.
  private func isLookedFor(_ row: ViewRow, _ machineIDs: Set<String>) -> Bool {
    machines.isEmpty ? all || !row.isEmpty(.paths) : row.list(.machines).contains(where: machineIDs.contains)
  }

  /// Those of some rows for which the condition holds. Working trees are read, all in one go, only where the fields do not
  /// decide; where one that would decide cannot be read, the condition does not hold.
  public func holding(
    _ rows: [ViewRow], of view: View, _ states: (any CheckoutStateSource)?
  ) throws -> [ViewRow] {
    guard let condition else { return rows }
    let test = ConditionTest(condition, of: view, now: now, home: home)
    var truths = rows.map { test.holds(for: $0, nil) }
    let open = rows.indices.filter { truths[$0] == .unknown }
    if !open.isEmpty {
      guard let states else { throw RegistryIndexError.stateNotAvailable }
      let places = open.map { rows[$0].paths }
      var facts = try states.facts(of: places.flatMap { $0 })[...]
      for (index, paths) in zip(open, places) {
        truths[index] = test.holds(for: rows[index], Array(facts.prefix(paths.count)))
        facts = facts.dropFirst(paths.count)
      }
    }
    return zip(rows, truths).filter { $0.1 == .yes }.map(\.0)
  }

  /// Whether a text has any of the characters that make it a glob.
  public static func isGlob(_ text: String) -> Bool { ConditionGlob.isGlob(text) }

  /// A glob, or the projects that a text stands for.
  private struct Pattern {
    private let glob: ConditionGlob
    private let isPath: Bool
    private let ids: Set<String>

    init(_ text: String, of view: View, from directory: FilePath) {
      glob = ConditionGlob(text)
      isPath = text.holds("/")
      var ids: Set<String> = []
      if !ConditionGlob.isGlob(text) {
        do {
          ids = [try ProjectQuery(text, directory: directory).findExactly(in: view).id]
        } catch RegistryIndexError.ambiguousProject(_, _, let candidates) {
          ids = Set(candidates.rows.map(\.id))
        } catch {
          // It stands for none.
        }
      }
      self.ids = ids
    }

    func matches(_ row: ViewRow) -> Bool {
      (isPath ? row.paths : [row.name]).contains(where: glob.matches)
        || !ids.isEmpty && ids.contains(row.id)
    }
  }
}
