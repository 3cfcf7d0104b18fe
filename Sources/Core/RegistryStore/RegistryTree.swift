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

/// Something in a tree that does not belong into a registry, or not in this form.
package struct TreeProblem: Sendable {
  /// Where it stands, as a message may show it.
  package let path: String
  /// What is wrong with it.
  package let fault: MisplacedFile
}

/// What differs between two trees.
struct TreeDifference {
  /// The files that are not the same.
  let changes: [TreeChange]
  /// What of the second is not part of a registry, and counts as unchanged.
  let problems: [TreeProblem]
  /// Whether all that was read of the second is as git writes trees.
  let isOrdered: Bool
}

/// The layout of a registry's tree: which names may stand where.
///
/// Reading goes by this layout alone, so that its depth is fixed whatever a tree of unknown origin holds. A name that the
/// layout does not have is one of a newer version where it is well-formed; see ``UnknownPath``.
private enum Level: Equatable {
  case root
  case projects
  case projectFan(String)
  case machines
  case machine(MachineID)
  case checkouts(MachineID)
  case checkoutFan(MachineID, String)
  /// Below a name that this version does not know: the names that lead there.
  case unknown([[UInt8]], MachineID?)

  /// What an entry of this level is.
  enum Part: Equatable {
    case level(Level)
    case file(EntryPath)
    case wrong(MisplacedFile)
  }

  /// The names that lead here, and the machine below whose name that is.
  private var place: (names: [[UInt8]], owner: MachineID?) {
    func place(_ names: String..., of machine: MachineID? = nil) -> ([[UInt8]], MachineID?) {
      (names.map { Array($0.utf8) }, machine)
    }
    return switch self {
    case .root: place()
    case .projects: place("projects")
    case .projectFan(let fan): place("projects", fan)
    case .machines: place("machines")
    case .machine(let machine): place("machines", machine.hex, of: machine)
    case .checkouts(let machine): place("machines", machine.hex, "checkouts", of: machine)
    case .checkoutFan(let machine, let fan): place("machines", machine.hex, "checkouts", fan, of: machine)
    case .unknown(let names, let owner): (names, owner)
    }
  }

  func part(_ entry: TreeEntry) -> Part {
    var name: String { String(decoding: entry.name, as: UTF8.self) }
    if let part = known(name, entry) { return part }
    // Two names that differ in nothing else are one to a person, and to some file systems.
    if name.contains(where: \.isUppercase), known(name.lowercased(), entry) != nil {
      return .wrong(.otherCase)
    }
    return unknown(entry)
  }

  /// What an entry of a name that this version knows is; nil for any other name.
  private func known(_ name: @autoclosure () -> String, _ entry: TreeEntry) -> Part? {
    switch self {
    case .root:
      switch name() {
      case "format": return file(.format, entry)
      case "projects": return folder(.projects, entry)
      case "machines": return folder(.machines, entry)
      default: return nil
      }
    case .projects:
      let name = name()
      return isFan(name) ? folder(.projectFan(name), entry) : nil
    case .projectFan(let fan):
      return file(EntryPath.project(in: fan, file: entry.name).map { .project($0) }, entry)
    case .machines:
      return MachineID(name()).flatMap { folder(.machine($0), entry) }
    case .machine(let machine):
      let name = name()
      return name == "checkouts"
        ? folder(.checkouts(machine), entry) : file(EntryPath("machines/\(machine)/\(name)"), entry)
    case .checkouts(let machine):
      let name = name()
      return isFan(name) ? folder(.checkoutFan(machine, name), entry) : nil
    case .checkoutFan(let machine, let fan):
      return file(EntryPath.project(in: fan, file: entry.name).map { .checkout(machine, $0) }, entry)
    case .unknown: return nil
    }
  }

  private func isFan(_ name: String) -> Bool {
    name.utf8.count == 2 && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  private func folder(_ level: Level, _ entry: TreeEntry) -> Part {
    entry.mode == TreeEntry.directory
      ? .level(level) : .wrong(.notADirectory(mode: entry.mode))
  }

  private func file(_ path: EntryPath?, _ entry: TreeEntry) -> Part? {
    guard let path else { return nil }
    return entry.mode == TreeEntry.file
      ? .file(path) : .wrong(.notAFile(mode: entry.mode))
  }

  private func unknown(_ entry: TreeEntry) -> Part {
    if let fault = UnknownPath.fault(ofName: entry.name) { return .wrong(.name(fault)) }
    let (names, owner) = place
    let isFolder = entry.mode == TreeEntry.directory
    guard names.count + (isFolder ? 2 : 1) <= UnknownPath.depth,
      let path = UnknownPath(names + [entry.name], owner: owner)
    else { return .wrong(.tooDeep(limit: UnknownPath.depth)) }
    if isFolder { return .level(.unknown(names + [entry.name], owner)) }
    return entry.mode == TreeEntry.file
      ? .file(.unknown(path)) : .wrong(.notAFile(mode: entry.mode))
  }
}

/// Reads registry trees: only what differs is opened.
package struct TreeReader: ~Copyable {
  /// What differs.
  package private(set) var changes: [TreeChange] = []
  /// What is not part of a registry.
  package private(set) var problems: [TreeProblem] = []
  /// Whether each tree of the second that was opened has its names in git's order, and each once.
  private var isOrdered = true

  /// What was found.
  var difference: TreeDifference {
    TreeDifference(changes: changes, problems: problems, isOrdered: isOrdered)
  }

  /// What has been looked at below names that this version does not know, and differs.
  private var unknownCount = 0

  /// A reader that has read nothing.
  package init() {}

  /// Finds what differs between two trees.
  ///
  /// A part of `new` that is wrong is reported, and counts as unchanged: it neither replaces nor deletes what `old` has.
  /// So do all names that this version does not know where there are more of them than are believed.
  ///
  /// - Parameters:
  ///   - old: nil for the empty tree.
  ///   - new: nil for the empty tree.
  package mutating func compare(_ old: ObjectID?, _ new: ObjectID?, in repository: borrowing Repository)
    throws
  {
    var found: [TreeChange] = []
    try compare(old, new, .root, "", repository) { found.append($0) }
    changes = found
    guard unknownCount > UnknownPath.count else { return }
    let first = changes.first { $0.path.kind == .unknown }
    changes.removeAll { $0.path.kind == .unknown }
    problems.append(
      TreeProblem(
        path: first?.path.path ?? "the tree", fault: .tooManyUnknown(limit: UnknownPath.count)))
  }

  /// As ``compare(_:_:in:)``, for the directories `projects` of two trees alone.
  package mutating func compareProjects(
    _ old: ObjectID?, _ new: ObjectID?, in repository: borrowing Repository
  ) throws {
    var found: [TreeChange] = []
    try compare(old, new, .projects, "projects/", repository) { found.append($0) }
    changes = found
  }

  /// Calls `body` with each file of a tree that this version knows, in the tree's order.
  package static func forEachEntry(
    of tree: ObjectID, in repository: borrowing Repository, _ body: (EntryPath, ObjectID) -> Void
  ) throws {
    var reader = TreeReader()
    try reader.compare(nil, tree, .root, "", repository) { change in
      if let blob = change.new, change.path.kind != .unknown { body(change.path, blob) }
    }
  }

  /// Calls `body` with each checkout of a machine, by project.
  ///
  /// - Parameter tree: the machine's directory `checkouts`.
  package static func forEachCheckout(
    of machine: MachineID, in tree: ObjectID, of repository: borrowing Repository,
    _ body: (ProjectID, ObjectID) -> Void
  ) throws {
    var reader = TreeReader()
    try reader.compare(nil, tree, .checkouts(machine), "", repository) { change in
      if case .checkout(_, let id) = change.path, let blob = change.new { body(id, blob) }
    }
  }

  private mutating func compare(
    _ old: ObjectID?, _ new: ObjectID?, _ level: Level, _ prefix: String, _ repository: borrowing Repository,
    _ take: (TreeChange) -> Void
  ) throws {
    guard old != new else { return }
    let before = try old.map { try repository.tree($0) } ?? []
    let after = try new.map { try repository.tree($0) } ?? []
    isOrdered = isOrdered && TreeFormat.isOrdered(after)
    var known: [[UInt8]: TreeEntry] = [:]
    for entry in before { known[entry.name] = entry }
    for entry in after {
      // Of a tree beside none, as a first look at a registry is, no name need be hashed.
      let former = before.isEmpty ? nil : known.removeValue(forKey: entry.name)
      if let former, former.id == entry.id, former.mode == entry.mode { continue }
      let formerPart = former.map { level.part($0) }
      let part = level.part(entry)
      guard !isBeyondBelief(part) else { continue }
      var path: String { prefix + ByteText.string(from: entry.name) }
      switch part {
      case .wrong(let fault): problems.append(TreeProblem(path: Quoting.visible(path), fault: fault))
      case .file(let file):
        let old = formerPart == .file(file) ? former?.id : nil
        take(TreeChange(path: file, old: old, new: entry.id))
        if case .level(let below)? = formerPart {
          try compare(former?.id, nil, below, path + "/", repository, take)
        }
      case .level(let below):
        if case .file(let file)? = formerPart {
          take(TreeChange(path: file, old: former?.id, new: nil))
        }
        let old = formerPart == .level(below) ? former?.id : nil
        try compare(old, entry.id, below, path + "/", repository, take)
      }
    }
    for (name, former) in known {
      let part = level.part(former)
      guard !isBeyondBelief(part) else { continue }
      switch part {
      case .wrong: break
      case .file(let file): take(TreeChange(path: file, old: former.id, new: nil))
      case .level(let below):
        try compare(former.id, nil, below, prefix + ByteText.string(from: name) + "/", repository, take)
      }
    }
  }

  /// Counts what stands below names that this version does not know, and says where that is no longer read: a few trees
  /// within each other can say a thousand times a thousand names.
  private mutating func isBeyondBelief(_ part: Level.Part) -> Bool {
    switch part {
    case .file(.unknown), .level(.unknown): unknownCount += 1
    default: return false
    }
    return unknownCount > UnknownPath.count
  }
}
