import SystemPackage

/// The places that the clones of a plan take, asked about one place: with thousands of them each question takes as long as the place
/// has names.
struct TakenPlaces: Sendable {
  private var owners: [FilePath: Int] = [:]
  /// The directories that lead to one.
  private var around: Set<FilePath> = []

  /// The number of the task that takes a place; nil where none does.
  subscript(_ place: FilePath) -> Int? { owners[place] }

  mutating func take(_ place: FilePath, by number: Int) {
    owners[place] = number
    for outer in Self.outer(place) { if !around.insert(outer).inserted { break } }
  }

  /// The outermost place that another one is inside of, if it is one that is meant.
  func outermost(around place: FilePath, where isMeant: (FilePath) -> Bool) -> FilePath? {
    Self.outer(place).reversed().first { owners[$0] != nil && isMeant($0) }
  }

  /// Whether a worktree cannot go there: it would be another clone's place, or around it, or, beside its own clone, inside another.
  func excludes(_ place: FilePath, of own: FilePath, isBeside: Bool) -> Bool {
    place != own && owners[place] != nil || around.contains(place)
      || isBeside && outermost(around: place) { $0 != own } != nil
  }

  /// The directories that lead to a place, the innermost first.
  private static func outer(_ place: FilePath) -> [FilePath] {
    var (outer, rest): ([FilePath], FilePath) = ([], place)
    while rest.removeLastComponent() { outer.append(rest) }
    return outer
  }
}
