import ByteStrings

/// The bytes of a tree object, made and checked here: libgit2's tree builder looks up every entry's object by kind,
/// each time, which for a tree of hundreds of entries costs more than all the rest of a change.
package enum TreeFormat {
  private static let modes: Set<UInt32> = [0o100644, 0o100755, 0o120000, 0o040000, 0o160000]

  /// The tree of these entries in git's order.
  ///
  /// - Parameter exists: whether an object is in the store.
  static func bytes(of entries: [TreeEntry], exists: (ObjectID) -> Bool) throws(GitError) -> [UInt8] {
    let sorted = entries.sorted { precedes($0, $1) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * 64)
    var names: Set<[UInt8]> = []
    let isMixed = isMixed(entries)
    for (index, entry) in sorted.enumerated() {
      let problem: String? =
        if !isValid(entry.name) {
          "the name is not valid"
        } else if !modes.contains(entry.mode) {
          "the mode \(String(entry.mode, radix: 8)) is not valid"
        } else if isMixed
          ? !names.insert(entry.name).inserted : index > 0 && sorted[index - 1].name == entry.name
        {
          "there are two of it"
        } else if entry.mode != 0o160000, !exists(entry.id) {
          "the object \(entry.id.hex) is not in the store"
        } else {
          nil
        }
      if let problem {
        let name = Quoting.visible(ByteText.string(from: entry.name))
        throw GitError(.invalid, "adding the tree entry", "“\(name)”", reason: problem, code: .invalid)
      }
      bytes += Array(String(entry.mode, radix: 8).utf8)
      bytes.append(UInt8(ascii: " "))
      bytes += entry.name
      bytes.append(0)
      bytes += entry.id.bytes
    }
    return bytes
  }

  /// Whether these entries of a tree stand in git's order, and each name is there once.
  package static func isOrdered(_ entries: [TreeEntry]) -> Bool {
    // Between a file and a directory of one name others may stand; most trees have only one kind.
    zip(entries, entries.dropFirst()).allSatisfy { precedes($0, $1) && $0.name != $1.name }
      && (!isMixed(entries) || Set(entries.map(\.name)).count == entries.count)
  }

  private static func isMixed(_ entries: [TreeEntry]) -> Bool {
    entries.contains { $0.isTree } && entries.contains { !$0.isTree }
  }

  /// git compares a directory's name as if it ended in a slash.
  private static func precedes(_ left: TreeEntry, _ right: TreeEntry) -> Bool {
    let common = min(left.name.count, right.name.count)
    for index in 0..<common where left.name[index] != right.name[index] {
      return left.name[index] < right.name[index]
    }
    func next(_ entry: TreeEntry) -> UInt8 {
      entry.name.count > common ? entry.name[common] : entry.isTree ? UInt8(ascii: "/") : 0
    }
    return next(left) < next(right)
  }

  private static func isValid(_ name: [UInt8]) -> Bool {
    if name.isEmpty || name.contains(0) || name.contains(UInt8(ascii: "/")) { return false }
    if name == Array(".".utf8) || name == Array("..".utf8) { return false }
    return !(name.count == 4 && String(decoding: name, as: UTF8.self).lowercased() == ".git")
  }
}
