package import Git
import ByteStrings
package import Registry

/// One file of the registry that is not the same in two trees.
package struct TreeChange: Sendable {
  /// Which file.
  package let path: EntryPath
  /// The blob in the first tree; nil where it is not there.
  package let old: ObjectID?
  /// The blob in the second tree; nil where it is not there.
  package let new: ObjectID?
}

/// Something in a tree that is no part of a registry, or not as one has it.
package struct TreeProblem: Sendable {
  /// Where it stands, as a message may show it.
  package let path: String
  /// What is wrong with it.
  package let reason: String
}

/// The layout of a registry's tree: which names may stand where.
///
/// Reading goes by this layout alone, so that its depth is fixed whatever a tree of unknown origin holds.
private enum Level: Equatable {
  case root
  case projects
  case projectFan(String)
  case machines
  case machine(String)
  case checkouts(String)
  case checkoutFan(String, String)

  /// What an entry of this level is.
  enum Part: Equatable {
    case level(Level)
    case file(EntryPath)
    case wrong(String)
  }

  func part(_ entry: TreeEntry) -> Part {
    let name = String(decoding: entry.name, as: UTF8.self)
    switch self {
    case .root:
      switch name {
      case "format": return file("format", entry)
      case "projects": return folder(.projects, entry)
      case "machines": return folder(.machines, entry)
      default: return .wrong("no part of a registry")
      }
    case .projects:
      return isFan(name) ? folder(.projectFan(name), entry) : .wrong("not two hexadecimal digits")
    case .projectFan(let fan): return file("projects/\(fan)/\(name)", entry)
    case .machines:
      return MachineID(name) == nil ? .wrong("not a machine's id") : folder(.machine(name), entry)
    case .machine(let machine):
      return name == "checkouts"
        ? folder(.checkouts(machine), entry) : file("machines/\(machine)/\(name)", entry)
    case .checkouts(let machine):
      return isFan(name) ? folder(.checkoutFan(machine, name), entry) : .wrong("not two hexadecimal digits")
    case .checkoutFan(let machine, let fan):
      return file("machines/\(machine)/checkouts/\(fan)/\(name)", entry)
    }
  }

  private func isFan(_ name: String) -> Bool {
    name.utf8.count == 2 && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  private func folder(_ level: Level, _ entry: TreeEntry) -> Part {
    entry.mode == TreeEntry.directory
      ? .level(level) : .wrong("not a directory (mode \(String(entry.mode, radix: 8)))")
  }

  private func file(_ path: String, _ entry: TreeEntry) -> Part {
    guard let path = EntryPath(path) else { return .wrong("not the name of an entry") }
    return entry.mode == TreeEntry.file
      ? .file(path) : .wrong("not a regular file (mode \(String(entry.mode, radix: 8)))")
  }
}

/// Reads registry trees: only what differs is opened.
package struct TreeReader: ~Copyable {
  /// What differs.
  package private(set) var changes: [TreeChange] = []
  /// What is no part of a registry.
  package private(set) var problems: [TreeProblem] = []

  /// A reader that has read nothing.
  package init() {}

  /// Finds what differs between two trees.
  ///
  /// A part of `new` that is wrong is reported, and counts as unchanged: it neither replaces nor deletes what `old` has.
  ///
  /// - Parameters:
  ///   - old: nil for the empty tree.
  ///   - new: nil for the empty tree.
  package mutating func compare(_ old: ObjectID?, _ new: ObjectID?, in repository: borrowing Repository)
    throws
  {
    try compare(old, new, .root, "", repository)
  }

  /// As ``compare(_:_:in:)``, for the directories `projects` of two trees alone.
  package mutating func compareProjects(
    _ old: ObjectID?, _ new: ObjectID?, in repository: borrowing Repository
  ) throws {
    try compare(old, new, .projects, "projects/", repository)
  }

  private mutating func compare(
    _ old: ObjectID?, _ new: ObjectID?, _ level: Level, _ prefix: String, _ repository: borrowing Repository
  ) throws {
    guard old != new else { return }
    let before = try old.map { try repository.tree($0) } ?? []
    let after = try new.map { try repository.tree($0) } ?? []
    var known: [[UInt8]: TreeEntry] = [:]
    for entry in before { known[entry.name] = entry }
    for entry in after {
      let former = known.removeValue(forKey: entry.name)
      if let former, former.id == entry.id, former.mode == entry.mode { continue }
      let path = prefix + ByteText.string(from: entry.name)
      let formerPart = former.map { level.part($0) }
      switch level.part(entry) {
      case .wrong(let reason): problems.append(TreeProblem(path: Quoting.visible(path), reason: reason))
      case .file(let file):
        let old = formerPart == .file(file) ? former?.id : nil
        changes.append(TreeChange(path: file, old: old, new: entry.id))
      case .level(let below):
        let old = formerPart == .level(below) ? former?.id : nil
        try compare(old, entry.id, below, path + "/", repository)
      }
    }
    for (name, former) in known {
      switch level.part(former) {
      case .wrong: break
      case .file(let file): changes.append(TreeChange(path: file, old: former.id, new: nil))
      case .level(let below):
        try compare(former.id, nil, below, prefix + ByteText.string(from: name) + "/", repository)
      }
    }
  }
}

/// Writes registry trees: only what changes is read and written.
package enum TreeEditor {
  /// The tree that has `changes` applied to `tree`; nil for a path removes it, and a directory left empty goes too.
  package static func apply(
    _ changes: [EntryPath: ObjectID?], to tree: ObjectID?, in repository: borrowing Repository
  ) throws -> ObjectID {
    let split = changes.map { (path: $0.key.path.split(separator: "/")[...], id: $0.value) }
    return try apply(split, tree, repository) ?? repository.writeTree([])
  }

  private static func apply(
    _ changes: [(path: ArraySlice<Substring>, id: ObjectID?)], _ tree: ObjectID?,
    _ repository: borrowing Repository
  ) throws -> ObjectID? {
    var entries: [[UInt8]: TreeEntry] = [:]
    for entry in try tree.map({ try repository.tree($0) }) ?? [] { entries[entry.name] = entry }
    for (name, group) in Dictionary(grouping: changes, by: { $0.path.first ?? "" }) {
      let key = Array(name.utf8)
      if let leaf = group.first(where: { $0.path.count == 1 }) {
        entries[key] = leaf.id.map { TreeEntry(name: key, mode: TreeEntry.file, id: $0) }
        continue
      }
      let former = entries[key].flatMap { $0.mode == TreeEntry.directory ? $0.id : nil }
      let below = group.map { (path: $0.path.dropFirst(), id: $0.id) }
      entries[key] = try apply(below, former, repository).map {
        TreeEntry(name: key, mode: TreeEntry.directory, id: $0)
      }
    }
    return entries.isEmpty ? nil : try repository.writeTree(Array(entries.values))
  }
}
