import ByteStrings
import IndexReporting
import Ranking
import RegistryIndex
import SystemPackage
import SystemSupport

/// Finds where projects are: by the index of names where that tells, else in the view, which is read once.
struct PlaceFinder {
  private let file: ViewFile
  private let isExact: Bool
  private lazy var names = NameIndex(of: file)
  private var read: (view: View, jump: Jump)?
  /// Whether the index would have told what was found without it.
  private var missedNames = false

  /// - Parameter isExact: whether parts of a name, and how much projects are used, find nothing.
  init(_ file: ViewFile, isExact: Bool) {
    self.file = file
    self.isExact = isExact
  }

  /// The project that is meant, and where it is.
  ///
  /// - Throws: as ``Ranking/Jump/find(_:)`` and ``RegistryIndex/View/placeHere(of:)``.
  mutating func find(_ query: ProjectQuery) throws -> (row: ViewRow, path: String) {
    // Separate words are far more often parts of a name than a whole one, and opening the index is not free.
    let isWord = query.mayBeName && !query.areWordsApart
    if isWord, let row = names?.row(named: query.text), let path = row.existingPath {
      return (row, path)
    }
    var (view, jump) = try read ?? opened()
    // It remembers what it has read of uses.
    defer { read = (view, jump) }
    let row = try isExact ? query.find(in: view) : jump.find(query)
    if isWord, names == nil, row.name.hasSameBytes(as: query.text) { missedNames = true }
    return (row, try view.placeHere(of: row))
  }

  private func opened() throws -> (view: View, jump: Jump) {
    let view = try file.fresh()
    return (view, Jump(view, UseFile(registry: file.registry)))
  }

  /// Makes the next look-ups of names shorter, where these had to read the view.
  func end() {
    if missedNames, let view = read?.view { NameIndex.write(of: view, in: file) }
  }
}
