import IndexReporting
import Ranking
import Terminal
import SystemSupport
import ByteStrings
import Registry
public import RegistryIndex

/// The values of the atoms of a list. What the index lacks is read once, for all rows, and only where it is asked for.
public final class ListValues {
  /// Who reads the state of working trees, and remembers it.
  let states: any CheckoutStateSource
  private let view: View
  private let now = Clock.nowMilliseconds
  private lazy var uses = Environment.registryDirectory.map { UseFile(registry: $0).read() } ?? Uses()
  private var facts: [String: CheckoutFacts] = [:]
  private var told: ToldStates?

  /// Of the projects of a view of the registry that the environment names.
  public init(of view: View) {
    self.view = view
    states = RememberedStates()
  }

  /// Reads what these atoms need of these rows.
  public func read(_ atoms: [ListAtom], of rows: [ViewRow]) throws {
    if told == nil, atoms.contains(where: { $0.source == .told }) { told = try ToldStates(of: rows) }
    guard atoms.contains(where: \.isState) else { return }
    let rows = rows.filter { facts[$0.id] == nil && !$0.isEmpty(.paths) }
    var read = try states.facts(of: rows.flatMap(\.paths))[...]
    for row in rows {
      let count = row.paths.count
      facts[row.id] = CheckoutFacts.together(read.prefix(count).compactMap { $0 })
      read = read.dropFirst(count)
    }
  }

  /// A value for scripts; nothing where there is none.
  public func text(_ atom: ListAtom, of row: ViewRow) -> String {
    switch atom.source {
    case .row(let atom): return atom.text(of: row, in: view)
    case .rank: return Uses.text(ofScore: score(of: row))
    case .lastUse: return lastUse(of: row).map { Timestamp(milliseconds: $0).description } ?? ""
    case .state(let field):
      guard let facts = facts[row.id] else { return "" }
      switch field.kind {
      case .time: return facts.times[field]?.description ?? ""
      case .count: return String(facts.counts[field, default: 0])
      case .flag: return facts.counts[field, default: 0] > 0 ? "yes" : ""
      case .text, .words, .version: return facts.branch ?? ""
      }
    case .told: return told?.text(of: row, in: view) { $0?.description ?? "now" } ?? ""
    }
  }

  /// A value for people, safe to show: times as ages, and nothing where a number is 0.
  func cell(_ atom: ListAtom, of row: ViewRow) -> String {
    switch atom.source {
    case .row(let rowAtom):
      let text = rowAtom.text(of: row, in: view)
      let isTime = ProjectField(rowAtom.rawValue)?.isTime == true
      return isTime ? Timestamp(text).map { age($0.milliseconds) } ?? text : Quoting.visible(text)
    case .rank: return score(of: row) == 0 ? "" : text(atom, of: row)
    case .lastUse: return lastUse(of: row).map(age) ?? ""
    case .state(let field):
      switch field.kind {
      case .time: return facts[row.id]?.times[field].map { age($0.milliseconds) } ?? ""
      case .count:
        let text = text(atom, of: row)
        return text == "0" ? "" : text
      case .flag, .text, .words, .version: return Quoting.visible(text(atom, of: row))
      }
    case .told:
      return Quoting.visible(told?.text(of: row, in: view) { $0.map { age($0.milliseconds) } ?? "now" } ?? "")
    }
  }

  /// The rows in the order of some keys, of which the last counts most.
  func sorted(_ rows: [ViewRow], by keys: [SortKey]) throws -> [ViewRow] {
    // They come by name.
    let keys =
      keys.first.map { $0.atom.isRow(.name) && !$0.isReversed } == true ? Array(keys.dropFirst()) : keys
    if keys.isEmpty { return rows }
    try read(keys.map(\.atom), of: rows)
    var rows = rows
    for key in keys {
      let keyed = rows.enumerated().map { (value: sortValue(key.atom, of: $1), place: $0, row: $1) }
      rows = keyed.sorted { left, right in
        if left.value == right.value { return left.place < right.place }
        return key.isReversed ? left.value > right.value : left.value < right.value
      }.map(\.row)
    }
    return rows
  }

  private func sortValue(_ atom: ListAtom, of row: ViewRow) -> SortValue {
    switch atom.source {
    case .row(let atom): return atom.sortValue(of: row, in: view)
    case .rank: return .number(score(of: row))
    case .lastUse: return lastUse(of: row).map { .number(Int($0)) } ?? .none
    case .state(let field):
      guard let facts = facts[row.id] else { return .none }
      switch field.kind {
      case .time: return facts.times[field].map { .number(Int($0.milliseconds)) } ?? .none
      case .count, .flag: return .number(facts.counts[field, default: 0])
      case .text, .words, .version: return .text(facts.branch ?? "")
      }
    case .told: return .number(told?.count(of: row) ?? 0)
    }
  }

  private func score(of row: ViewRow) -> Int {
    uses.entry(Array(row.id.utf8))?.score(at: Int(now / 1000)) ?? 0
  }

  /// In milliseconds.
  private func lastUse(of row: ViewRow) -> Int64? {
    uses.entry(Array(row.id.utf8)).map { Int64($0.time) * 1000 }
  }

  private func age(_ milliseconds: Int64) -> String { Age.text(seconds: (now - milliseconds) / 1000) }
}

/// Reads the state of each working tree once: a condition and a column may ask for the same.
private final class RememberedStates: CheckoutStateSource {
  private var known: [ByteString: CheckoutFacts?] = [:]

  func facts(of paths: [String]) throws -> [CheckoutFacts?] {
    let keys = paths.map { ByteString($0) }
    let new = zip(keys, paths).filter { known[$0.0] == nil }
    for ((key, _), facts) in zip(new, try CheckoutStates().facts(of: new.map(\.1))) {
      known.updateValue(facts, forKey: key)
    }
    return keys.map { known[$0] ?? nil }
  }
}
