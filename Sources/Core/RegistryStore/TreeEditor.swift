package import Git
package import Registry

/// Writes registry trees: only what changes is read and written.
package enum TreeEditor {
  /// A file that is to be another one, or to go.
  package typealias Change = (path: EntryPath, blob: ObjectID?)

  /// The other side of a merge. A directory that is here as it was before, and of which all that this side changed is taken, is
  /// this side's: of a new registry that is nearly all there is, and nothing is written anew.
  struct OtherSide {
    /// What it changed, and what this registry may not have changed; nil where that had nothing.
    let base: ObjectID?
    /// What it made of it.
    let tree: ObjectID
    /// Whether all that it changed below the names that these changes have in common, so many, is among them, and nothing else.
    let isTakenWhole: (_ numbers: ArraySlice<Int>, _ depth: Int) -> Bool
  }

  /// The tree that has `changes` applied to `tree`, one for a path at most; nil removes it, and a directory left empty goes too.
  ///
  /// - Parameter other: where the changes are those of a merge, its other side.
  static func apply<Changes: RandomAccessCollection<Change>>(
    _ changes: Changes, of other: OtherSide? = nil, to tree: ObjectID?, in repository: borrowing Repository
  ) throws -> ObjectID where Changes.Index == Int {
    // In the order of their paths those of a directory are side by side.
    var order = Array(changes.indices)
    if !zip(order, order.dropFirst()).allSatisfy({ changes[$0].path < changes[$1].path }) {
      order.sort { changes[$0].path < changes[$1].path }
    }
    return try apply(changes, order[...], 0, other, tree, repository) ?? repository.writeTree([])
  }

  /// The same for changes by their paths.
  package static func apply(
    _ changes: [EntryPath: ObjectID?], to tree: ObjectID?, in repository: borrowing Repository
  ) throws -> ObjectID {
    try apply(changes.map { ($0.key, $0.value) }, to: tree, in: repository)
  }

  /// Changes for which it pays to look at the trees of a merge's other side.
  private static let worthALook = 16

  /// Applies those of some numbers, which stand below `depth` names that they have in common.
  private static func apply<Changes: RandomAccessCollection<Change>>(
    _ changes: Changes, _ numbers: ArraySlice<Int>, _ depth: Int, _ other: OtherSide?, _ tree: ObjectID?,
    _ repository: borrowing Repository
  ) throws -> ObjectID? where Changes.Index == Int {
    let other = numbers.count < worthALook ? nil : other
    if let other, tree == other.base, other.isTakenWhole(numbers, depth) { return other.tree }
    var entries = try entries(of: tree, in: repository)
    let (theirs, before) = (
      try self.entries(of: other?.tree, in: repository), try self.entries(of: other?.base, in: repository)
    )
    /// Files whose names are directories here.
    var hidden: [TreeEntry] = []
    var rest = numbers
    while let number = rest.first {
      let (path, blob) = changes[number]
      let name = Array(path.name(at: depth).utf8)
      let isFolder = entries[name]?.isDirectory ?? false
      // Of one path there is one change, and those below it come later.
      if path.depth == depth + 1 {
        rest.removeFirst()
        let file = blob.map { TreeEntry(name: name, mode: TreeEntry.file, id: $0) }
        if !isFolder { entries[name] = file } else if let file { hidden.append(file) }
        continue
      }
      let below = rest.prefix { changes[$0].path.sharesNames(depth + 1, with: path) }
      rest.removeFirst(below.count)
      guard isFolder || below.contains(where: { changes[$0].blob != nil }) else { continue }
      var otherBelow: OtherSide?
      if let other, let folder = theirs[name], folder.isDirectory {
        otherBelow = OtherSide(
          base: before[name].flatMap { $0.isDirectory ? $0.id : nil }, tree: folder.id,
          isTakenWhole: other.isTakenWhole)
      }
      let folder = try apply(
        changes, below, depth + 1, otherBelow, isFolder ? entries[name]?.id : nil, repository)
      entries[name] = folder.map { TreeEntry(name: name, mode: TreeEntry.directory, id: $0) }
    }
    // A directory goes before a file of its name.
    for file in hidden where entries[file.name] == nil { entries[file.name] = file }
    return entries.isEmpty ? nil : try repository.writeTree(Array(entries.values))
  }

  private static func entries(
    of tree: ObjectID?, in repository: borrowing Repository
  ) throws -> [[UInt8]: TreeEntry] {
    Dictionary(try tree.map { try repository.tree($0) }?.map { ($0.name, $0) } ?? []) { $1 }
  }
}

extension TreeEntry {
  fileprivate var isDirectory: Bool { mode == TreeEntry.directory }
}
