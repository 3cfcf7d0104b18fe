import SystemSupport
import ByteStrings
import Synchronization

/// Where the texts of a column stand in a view: hashes, sorted, with the beginnings of the lines that have them.
struct ColumnIndex: Sendable {
  private let entries: [(hash: Int, line: Int)]

  /// Reads the column of every row.
  init(_ column: ViewColumn, of view: View) {
    var entries: [(hash: Int, line: Int)] = []
    var position = view.start
    while position < view.bytes.count {
      let end = view.lineEnd(from: position)
      view.bytes.withUnsafeBufferPointer { buffer in
        let line = UnsafeBufferPointer(rebasing: buffer[position..<end])
        ViewField.eachItem(at: column.rawValue, of: line) { entries.append((Self.hash($0), position)) }
      }
      position = end + 1
    }
    entries.sort { ($0.hash, $0.line) < ($1.hash, $1.line) }
    self.entries = entries
  }

  /// The beginnings of the lines that may have the text with these bytes, each once and in their order.
  func lines(of text: [UInt8]) -> [Int] {
    let hash = text.withUnsafeBytes(Self.hash)
    var lines: [Int] = []
    for entry in entries[entries.partitionPoint { $0.hash >= hash }...] {
      guard entry.hash == hash else { break }
      if lines.last != entry.line { lines.append(entry.line) }
    }
    return lines
  }

  /// Seeded anew by each process, so that nobody can choose names that all have one hash.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: bytes)
    return hasher.finalize()
  }
}

/// A view's indexes, each made after so many look-ups in its column that having it would have paid.
final class ColumnIndexes: Sendable {
  private enum State {
    case asked(Int)
    case made(ColumnIndex)
  }

  /// Searches through a whole view that take about as long as making an index.
  private static let worthAnIndex = 4
  // A few at most, which are found sooner one after the other.
  private let states: Mutex<[(column: ViewColumn, state: State)]> = Mutex([])

  /// The index of a column; nil while searching costs less.
  func index(of column: ViewColumn, in view: View) -> ColumnIndex? {
    states.withLock { states in
      guard let place = states.firstIndex(where: { $0.column.rawValue == column.rawValue }) else {
        states.append((column, .asked(1)))
        return nil
      }
      switch states[place].state {
      case .made(let index): return index
      case .asked(let count) where count >= Self.worthAnIndex:
        let index = ColumnIndex(column, of: view)
        states[place].state = .made(index)
        return index
      case .asked(let count):
        states[place].state = .asked(count + 1)
        return nil
      }
    }
  }
}
