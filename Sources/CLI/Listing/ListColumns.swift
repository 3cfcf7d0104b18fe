public import Terminal
import ByteStrings
public import RegistryIndex

extension ListAtom {
  /// The atoms that lists of columns name.
  ///
  /// - Throws: a usage `Failure` for a name that is not one, and for none at all.
  public static func columns(_ lists: [String]) throws(Failure) -> [ListAtom] {
    var columns: [ListAtom] = []
    for name in lists.flatMap({ $0.split(at: ",") }) {
      guard let atom = ListAtom(String(name)) else {
        throw .usage("unknown column '\(Quoting.visible(String(name)))'; known are: \(known)")
      }
      columns.append(atom)
    }
    if columns.isEmpty { throw .usage("--columns names no column; known are: \(known)") }
    return columns
  }

  fileprivate static var known: String { all.map(\.name).joined(separator: " ") }
}

/// What a list is sorted by: an atom, and the way round.
struct SortKey {
  let atom: ListAtom
  let isReversed: Bool

  /// A key as it is given: an atom's name, with `-` before it the other way round.
  ///
  /// - Throws: a usage `Failure` when there is no such atom.
  init(_ text: String) throws(Failure) {
    isReversed = text.begins(with: "-")
    guard let atom = ListAtom(isReversed ? String(text.dropFirst()) : text) else {
      throw .usage("unknown sort key '\(Quoting.visible(text))'; known are: \(ListAtom.known)")
    }
    self.atom = atom
  }
}
