import ByteStrings
import Registry
import RegistryIndex

/// Finds the entry that a directory belongs to, among those of a view and those planned since.
struct ProjectIndex {
  private let view: View
  private var planned = Lookup()
  /// Ids of entries whose rows in the view no longer hold.
  private var replaced: Set<String> = []

  private struct Lookup {
    var rows: [String: ViewRow] = [:]
    var byPath: [ByteString: Set<String>] = [:]
    var byKey: [ByteString: Set<String>] = [:]
    var byRoot: [String: Set<String>] = [:]

    mutating func add(_ row: ViewRow) {
      rows[row.id] = row
      for path in row.paths { byPath[ByteString(path), default: []].insert(row.id) }
      if !row[.key].isEmpty { byKey[ByteString(row[.key]), default: []].insert(row.id) }
      if !row[.rootCommit].isEmpty { byRoot[row[.rootCommit], default: []].insert(row.id) }
    }

    mutating func remove(_ id: String) {
      guard let row = rows.removeValue(forKey: id) else { return }
      for path in row.paths { byPath[ByteString(path)]?.remove(id) }
      byKey[ByteString(row[.key])]?.remove(id)
      byRoot[row[.rootCommit]]?.remove(id)
    }

    func rows(_ column: ViewColumn, _ text: String) -> [ViewRow] {
      let ids: Set<String>? =
        switch column {
        case .paths: byPath[ByteString(text)]
        case .key: byKey[ByteString(text)]
        case .rootCommit: byRoot[text]
        default: rows[text] == nil ? nil : [text]
        }
      return ids?.compactMap { rows[$0] } ?? []
    }
  }

  /// An index of the view with nothing planned.
  init(_ view: View) { self.view = view }

  /// The rows that hold `text` in a column: `id`, `paths`, `key` or `rootCommit`.
  func rows(where column: ViewColumn, is text: String) -> [ViewRow] {
    let known = column == .id ? view.row(id: text).map { [$0] } ?? [] : view.rows(where: column, is: text)
    let found = known.filter { !replaced.contains($0.id) } + planned.rows(column, text)
    return found.sorted { ($0[.created], $0.id) < ($1[.created], $1.id) }
  }

  /// The row of the project with this id.
  func row(_ id: ProjectID) -> ViewRow? { rows(where: .id, is: id.hex).first }

  /// Puts a planned row in the place of what was known of its project.
  mutating func replace(_ row: ViewRow) {
    replaced.insert(row.id)
    planned.remove(row.id)
    planned.add(row)
  }
}
