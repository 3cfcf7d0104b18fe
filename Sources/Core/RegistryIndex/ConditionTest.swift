import ByteStrings
public import Registry

/// A condition made ready to be asked of many rows of one view.
public struct ConditionTest {
  /// What is known of whether a condition holds.
  public enum Truth: Equatable, Sendable {
    /// The condition holds, whatever is not known yet.
    case yes
    /// The condition does not hold, whatever is not known yet.
    case no
    /// The state of a working tree would have to be known.
    case unknown

    init(_ holds: Bool) { self = holds ? .yes : .no }
  }

  private indirect enum Node {
    case all([Node])
    case any([Node])
    case not(Node)
    case row((ViewRow) -> Bool)
    case state((CheckoutFacts) -> Bool)
  }

  private let root: Node

  /// - Parameters:
  ///   - now: what spans count back from.
  ///   - home: what a `~/` that begins the glob of a path stands for.
  public init(_ condition: Condition, of view: View, now: Timestamp, home: String?) {
    root = ConditionTest.node(condition, Context(view: view, now: now.milliseconds, home: home))
  }

  /// Whether it holds for a row.
  ///
  /// - Parameter facts: of each of its working trees here, nil for one whose state cannot be read; nil where none was asked for
  ///   yet.
  public func holds(for row: ViewRow, _ facts: [CheckoutFacts?]?) -> Truth { Self.truth(root, row, facts) }

  private init(_ root: Node) { self.root = root }

  /// The test for one row, with everything filled in that its fields decide: so an answer for one of many machines takes no
  /// longer when the row has many.
  func settled(for row: ViewRow) -> ConditionTest {
    func settled(_ node: Node) -> Node {
      switch node {
      case .all(let parts): return .all(parts.map(settled))
      case .any(let parts): return .any(parts.map(settled))
      case .not(let part): return .not(settled(part))
      case .row(let test):
        let holds = test(row)
        return .row { _ in holds }
      case .state: return node
      }
    }
    return ConditionTest(settled(root))
  }

  private static func truth(_ node: Node, _ row: ViewRow, _ facts: [CheckoutFacts?]?) -> Truth {
    switch node {
    case .all(let parts):
      var result = Truth.yes
      for part in parts {
        switch truth(part, row, facts) {
        case .no: return .no
        case .unknown: result = .unknown
        case .yes: break
        }
      }
      return result
    case .any(let parts):
      var result = Truth.no
      for part in parts {
        switch truth(part, row, facts) {
        case .yes: return .yes
        case .unknown: result = .unknown
        case .no: break
        }
      }
      return result
    case .not(let part):
      switch truth(part, row, facts) {
      case .yes: return .no
      case .no: return .yes
      case .unknown: return .unknown
      }
    case .row(let test): return Truth(test(row))
    case .state(let test):
      guard let facts else { return row.isEmpty(.paths) ? .no : .unknown }
      // Of several working trees one is enough.
      if facts.contains(where: { $0.map(test) ?? false }) { return .yes }
      return facts.contains { $0 == nil } ? .unknown : .no
    }
  }

  // MARK: Making it ready

  private struct Context {
    let view: View
    let now: Int64
    let home: String?
  }

  private static func node(_ condition: Condition, _ context: Context) -> Node {
    switch condition {
    case .all(let parts): .all(parts.map { node($0, context) })
    case .any(let parts): .any(parts.map { node($0, context) })
    case .not(let part): .not(node(part, context))
    case .word(let field): has(field)
    case .has(let fields): fields.count == 1 ? has(fields[0]) : .any(fields.map(has))
    case .compare(let field, let comparison, let values): compare(field, comparison, values, context)
    }
  }

  private static func has(_ field: ConditionField) -> Node {
    switch field.source {
    case .here: return .row { !$0.isEmpty(.paths) }
    case .column(let column): return .row { !$0.isEmpty(column) }
    case .state(let state):
      return .state { facts in
        switch state.kind {
        case .time: facts.times[state] != nil
        case .text: facts.branch != nil
        default: facts.counts[state, default: 0] != 0
        }
      }
    }
  }

  private static func compare(
    _ field: ConditionField, _ comparison: Condition.Comparison, _ values: [String], _ context: Context
  ) -> Node {
    // What is not any of several is none of them.
    if comparison == .differs { return .not(compare(field, .equals, values, context)) }
    switch field.source {
    case .here: return has(field)
    case .column(let column):
      let texts = texts(of: field, column, context.view)
      switch field.kind {
      case .time:
        let test = time(comparison, values, context.now)
        return .row { row in texts(row).first.flatMap(moment).map(test) ?? false }
      case .version where comparison.isOrder:
        let test = version(comparison, values)
        return .row { row in texts(row).first.map(test) ?? false }
      case .text, .words, .version, .count, .flag:
        let test = text(comparison, values, isPath: column == .paths ? context.home : nil)
        return .row { test(texts($0)) }
      }
    case .state(let state):
      switch state.kind {
      case .time:
        let test = time(comparison, values, context.now)
        return .state { facts in facts.times[state].map { test($0.milliseconds) } ?? false }
      case .count:
        let numbers = values.compactMap { Int($0) }
        return .state { facts in
          let number = facts.counts[state, default: 0]
          return numbers.contains { holds(number, comparison, $0) }
        }
      case .text, .words, .version, .flag:
        let test = text(comparison, values, isPath: nil)
        return .state { test($0.branch.map { [$0] } ?? []) }
      }
    }
  }

  /// What a row has of a field: the items of a list, the names of machines and their ids.
  private static func texts(
    of field: ConditionField, _ column: ViewColumn, _ view: View
  ) -> (ViewRow) -> [String] {
    if column == .machines || column == .updatedBy {
      return { row in row.list(column).flatMap { [view.name(of: $0), $0] } }
    }
    return { $0.list(column) }
  }

  private static func text(
    _ comparison: Condition.Comparison, _ values: [String], isPath home: String?
  ) -> ([String]) -> Bool {
    let values = values.map { value in
      guard let home, value == "~" || value.begins(with: "~/") else { return value }
      return home + value.dropFirst()
    }
    let wantsNone = values.contains("")
    if comparison == .matches {
      let globs = values.map { ConditionGlob($0) }
      return { texts in
        texts.isEmpty ? wantsNone : texts.contains { text in globs.contains { $0.matches(text) } }
      }
    }
    return { texts in texts.isEmpty ? wantsNone : texts.contains { values.containsBytes(of: $0) } }
  }

  private static func moment(_ text: String) -> Int64? {
    (Timestamp(text) ?? Timestamp("\(text)T00:00:00Z"))?.milliseconds
  }

  private static func time(
    _ comparison: Condition.Comparison, _ values: [String], _ now: Int64
  ) -> (Int64) -> Bool {
    let times = values.compactMap { ConditionTime($0) }
    return { moment in times.contains { $0.holds(moment, comparison, now: now) } }
  }

  private static func version(
    _ comparison: Condition.Comparison, _ values: [String]
  ) -> (String) -> Bool {
    let versions = values.compactMap { ConditionVersion($0) }
    return { text in
      guard let version = ConditionVersion(text) else { return false }
      return versions.contains { holds(version, comparison, $0) }
    }
  }

  private static func holds<Value: Comparable>(
    _ left: Value, _ comparison: Condition.Comparison, _ right: Value
  ) -> Bool {
    switch comparison {
    case .less: left < right
    case .atMost: left <= right
    case .more: left > right
    case .atLeast: left >= right
    case .matches, .equals: left == right
    case .differs: left != right
    }
  }
}
