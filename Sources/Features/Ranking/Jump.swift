public import SystemSupport
public import RegistryIndex
public import SystemPackage

/// Finds the project that a person wants to get to: by its name as anywhere, else by parts of it, and of several the one that
/// they use most.
///
/// For what shows a place or goes there, and for nothing that changes something.
public struct Jump {
  private let view: View
  private let file: UseFile
  private let home: FilePath?
  /// Read once, and only where it decides.
  private lazy var uses = file.read()

  /// - Parameters:
  ///   - view: the projects.
  ///   - file: their uses.
  ///   - home: the user's home directory.
  public init(_ view: View, _ file: UseFile, home: FilePath? = Environment.home) {
    self.view = view
    self.file = file
    self.home = home
  }

  /// The one project that is meant.
  ///
  /// What ``ProjectQuery/findExactly(in:)`` finds goes first. Where more than one fits equally well, the one with the highest
  /// score of use is taken; where no use sets one apart from the next, none is.
  ///
  /// - Throws: ``RegistryIndexError`` when there is none, or when nothing decides between several.
  public mutating func find(_ query: ProjectQuery) throws -> ViewRow {
    let search = PartsSearch(query.text, home: home)
    if query.areWordsApart, let search, let hits = search.hitsOfWordsApart(in: view) {
      return try best(hits, query, otherwise: .unknownProject(query.text))
    }
    do {
      return try query.findExactly(in: view)
    } catch RegistryIndexError.ambiguousProject(let text, let naming, let candidates) {
      guard let row = mostUsed(candidates.rows) else {
        throw RegistryIndexError.ambiguousProject(text, naming, candidates)
      }
      return row
    } catch let error as RegistryIndexError {
      guard let search else { throw error }
      return try best(search.hits(in: view), query, otherwise: error)
    }
  }

  /// The one of what was found that is meant.
  ///
  /// - Parameter error: thrown where nothing was.
  private mutating func best(
    _ hits: [PartsSearch.Hit], _ query: ProjectQuery, otherwise error: RegistryIndexError
  ) throws(RegistryIndexError) -> ViewRow {
    let rows = hits.map { view.row(at: $0.place) }
    guard let first = rows.first else { throw error }
    if rows.count == 1 { return first }
    guard let row = mostUsed(rows) else {
      throw RegistryIndexError.ambiguousProject(query.text, .parts, .init(rows, in: view, shareName: false))
    }
    return row
  }

  /// The row with a higher score than each of the others; nil where there is none. What is gone from the disk gives way.
  private mutating func mostUsed(_ rows: [ViewRow]) -> ViewRow? {
    guard uses.count > 0 else { return nil }
    let now = UseFile.now
    let scored = rows.map { ($0, uses.entry(Array($0.id.utf8))?.score(at: now) ?? 0) }.filter { $0.1 > 0 }
      .sorted { $0.1 > $1.1 }
    var best: (row: ViewRow, score: Int)?
    for (row, score) in scored {
      if let best, score < best.score { return best.row }
      guard Self.isThere(row) else { continue }
      if best != nil { return nil }
      best = (row, score)
    }
    if let best { return best.row }
    return scored.count == 1 || scored.count > 1 && scored[0].1 > scored[1].1 ? scored[0].0 : nil
  }

  private static func isThere(_ row: ViewRow) -> Bool {
    row.paths.contains { Files.kind(of: FilePath(text: $0)) != nil }
  }
}
