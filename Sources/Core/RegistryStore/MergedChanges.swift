import Git
import Registry
import SystemSupport

/// What a merge changes in our tree: the other side's changes unaltered, except for paths that were decided otherwise.
///
/// A new registry takes nearly all of the other side's changes unaltered, so they are kept once, and not by path as well.
struct MergedChanges {
  /// What the other side changed, by path.
  let theirs: [TreeChange]
  private var isTaken: [Bool]
  private var decided: [EntryPath: MergedValue?] = [:]

  /// - Parameter theirs: what the other side changed, of which nothing is taken so far; of two of one path the last.
  init(_ theirs: [TreeChange] = []) {
    var sorted = theirs
    // Nearly always they are in order.
    if !zip(sorted, sorted.dropFirst()).allSatisfy({ $0.path < $1.path }) {
      sorted = Dictionary(sorted.map { ($0.path, $0) }) { $1 }.values.sorted { $0.path < $1.path }
    }
    self.theirs = sorted
    isTaken = Array(repeating: false, count: sorted.count)
  }

  /// What is decided for a path: a value, or that it goes; nil where nothing changes.
  subscript(path: EntryPath) -> MergedValue?? {
    get {
      if let value = decided[path] { return .some(value) }
      guard let number = theirs.sortedIndex(of: path, by: \.path), isTaken[number] else { return .none }
      return .some(theirs[number].new.map { .blob($0) })
    }
    set { decided[path] = newValue }
  }

  /// Takes one of ``theirs``, by its number, whatever was decided for its path before.
  mutating func take(_ number: Int) {
    if !decided.isEmpty { decided[theirs[number].path] = .none }
    isTaken[number] = true
  }

  /// Calls `body` with each path for which something is decided, and with what.
  func forEach(_ body: (EntryPath, MergedValue?) throws -> Void) rethrows {
    for number in plain { try body(theirs[number].path, theirs[number].new.map { .blob($0) }) }
    for (path, value) in decided { try body(path, value) }
  }

  /// The numbers of those that are taken as they are.
  private var plain: [Int] { theirs.indices.filter { isTaken[$0] && decided[theirs[$0].path] == nil } }

  /// What changes in the tree, with what is new written.
  consuming func written(in repository: borrowing Repository) throws -> Written {
    Written(
      theirs: theirs, plain: plain,
      others: try decided.map { path, value in (path, try value?.write(in: repository)) })
  }

  /// The changes of a tree, of which most are taken from the other side as they are.
  struct Written: RandomAccessCollection {
    fileprivate let theirs: [TreeChange]
    fileprivate let plain: [Int]
    fileprivate let others: [TreeEditor.Change]

    var startIndex: Int { 0 }
    var endIndex: Int { plain.count + others.count }

    subscript(position: Int) -> TreeEditor.Change {
      guard position < plain.count else { return others[position - plain.count] }
      let change = theirs[plain[position]]
      return (change.path, change.new)
    }

    /// Whether the changes with these numbers, which have their first `depth` names in common, are all that the other side
    /// changed below these, each as it is.
    func isTheirs(_ numbers: ArraySlice<Int>, _ depth: Int) -> Bool {
      guard let first = numbers.first, let last = numbers.last, last < plain.count,
        numbers.allSatisfy({ $0 < plain.count }), plain[last] - plain[first] == numbers.count - 1
      else { return false }
      let path = theirs[plain[first]].path
      let beside = [plain[first] - 1, plain[last] + 1]
      return !beside.contains {
        theirs.indices.contains($0) && theirs[$0].path.sharesNames(depth, with: path)
      }
    }
  }
}
