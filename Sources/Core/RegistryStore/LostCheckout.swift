import Git
import Metadata
import SystemSupport
import ByteStrings
import Registry
import RegistryIndex
import SystemPackage

/// A checkout of this machine whose directory is gone.
struct LostCheckout {
  let id: ProjectID
  let path: FilePath
  let row: ViewRow
  /// The remotes that it had, read where there is something that it could be.
  var remotes: ByteKeyed<String> = [:]

  private var subdirectory: FilePath? {
    row.isEmpty(.subdirectory) ? nil : FilePath(text: row[.subdirectory])
  }

  /// The root of the repository that a part was in; nil for a whole repository.
  private var repositoryRoot: FilePath? {
    guard let subdirectory, path.ends(with: subdirectory) else { return nil }
    var root = path
    for _ in subdirectory.components { root.removeLastComponent() }
    return root
  }

  /// Whether it is a part whose repository is there and still has it, but not in the work tree: a sparse checkout; or a linked
  /// worktree that is locked, as on a disk that is not always there.
  var isLeftOutOnPurpose: Bool {
    if isLockedWorkTree { return true }
    guard let subdirectory, let root = repositoryRoot else { return false }
    return Self.parts(of: root).contains(subdirectory)
  }

  private var isLockedWorkTree: Bool {
    row.paths.map { FilePath(text: $0) }.contains { other in
      guard other != path, !Files.isMissing(other), let facts = (try? ProjectDirectory(other))?.facts else {
        return false
      }
      return WorkTreeOperations.lockedWorkTrees(of: facts.commonDirectory).contains { path.starts(with: $0) }
    }
  }

  private static func parts(of root: FilePath) -> [FilePath] {
    let info = try? RepositoryInfo.read(at: root)
    return (try? info?.trackedPaths(named: ProjectMetadata.fileName)) ?? []
  }

  // MARK: Where to look

  /// The levels below the parent of a lost directory that are searched.
  private static let depth = 3

  /// Directories that could be one of the lost: below `roots`, and near where they were. Where their parents are gone as
  /// well, since a directory above them has another name, below the nearest one that is left.
  static func candidates(for lost: [LostCheckout], roots: [FilePath]) -> [FilePath] {
    var found: [FilePath] = []
    var seen: Set<FilePath> = []
    func add(_ path: FilePath) {
      if seen.insert(path).inserted { found.append(path) }
    }
    let subdirectories = Set(lost.compactMap(\.subdirectory))
    for (place, depth) in places(lost, roots) {
      var finder = RepositoryFinder()
      finder.maximumDepth = depth
      finder.bare = lost.contains { $0.path.extension == "git" }
      try? finder.search(place) { repository in
        add(repository.path)
        for part in subdirectories {
          let path = repository.path.pushing(part)
          if !Files.isMissing(path.appending(ProjectMetadata.fileName)) { add(path) }
        }
      } warning: { _ in
      }
    }
    for root in Set(lost.compactMap(\.repositoryRoot)) where Files.kind(of: root) == .directory {
      for part in parts(of: root) where !part.isEmpty { add(root.pushing(part)) }
    }
    // The home directory has another name, or is on another disk.
    if let home = Environment.home?.resolved {
      for checkout in lost {
        var below = FilePath(root: nil, checkout.path.components)
        while below.components.count > 1 {
          below = FilePath(root: nil, below.components.dropFirst())
          let path = home.pushing(below)
          if Files.kind(of: path) == .directory { add(path) }
        }
      }
    }
    return found
  }

  private static func places(_ lost: [LostCheckout], _ roots: [FilePath]) -> [(FilePath, depth: Int?)] {
    var places: [FilePath: Int?] = [:]
    for root in roots where Files.kind(of: root) == .directory { places[root] = .some(nil) }
    for checkout in lost {
      var place = checkout.path.removingLastComponent()
      var climbed = 0
      while Files.kind(of: place) != .directory, place.lastComponent != nil {
        place = place.removingLastComponent()
        climbed += 1
      }
      // Of the whole file system nothing is known to be near.
      guard place.lastComponent != nil else { continue }
      if case .some(.none) = places[place] { continue }
      let known = places[place] ?? nil
      places[place] = .some(max(known ?? 0, Self.depth + climbed))
    }
    return places.sorted { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }.map {
      ($0.key, depth: $0.value)
    }
  }

  // MARK: What is what

  /// How much speaks for a directory.
  private enum Likeness: Int, Comparable {
    /// The same first commit, and the same remotes, if any.
    case history = 1
    /// The same URL, or the same declared id.
    case origin = 2

    static func < (left: Likeness, right: Likeness) -> Bool { left.rawValue < right.rawValue }
  }

  private func likeness(of directory: ProjectDirectory) -> Likeness? {
    guard isSamePart(directory) else { return nil }
    let declared = directory.metadata?.id.map {
      Identity(.declared($0), subdirectory: directory.subdirectory)
    }
    if let declared, ProjectID(ofIdentity: declared.record, hash: ObjectID.blobHash) == id { return .origin }
    if declared != nil, row[.identity].begins(with: "id ") { return nil }
    let key = row[.key]
    // What a directory is cloned from is another one, though its history is the same.
    if directory.isPlace(key) { return nil }
    if let url = directory.url, url.normalized.hasSameBytes(as: key) { return .origin }
    guard let root = directory.rootCommit, root == row[.rootCommit], hasSameRemotes(as: directory) else {
      return nil
    }
    return directory.url.map { !$0.normalized.begins(with: "/") } ?? false ? .origin : .history
  }

  /// A part may have moved within its repository, and then goes by its name.
  private func isSamePart(_ directory: ProjectDirectory) -> Bool {
    guard let subdirectory, let other = directory.subdirectory else {
      return row.isEmpty(.subdirectory) == (directory.subdirectory == nil)
    }
    let name = directory.metadata?.name ?? directory.defaultName
    return subdirectory == other || name.hasSameBytes(as: row.name)
  }

  /// Whether a directory has the remotes that the lost one had: what moves takes its configuration along. Those that are
  /// paths may be relative, and lead elsewhere now.
  private func hasSameRemotes(as directory: ProjectDirectory) -> Bool {
    guard remotes.count == directory.remotes.count else { return false }
    return remotes.allSatisfy { name, url in
      guard let other = directory.remotes[name] else { return false }
      return url.hasSameBytes(as: other) || url.begins(with: "/") && other.begins(with: "/")
    }
  }

  /// Pairs the lost with the candidates, by their numbers. An ambiguous pair is not guessed; only several that are alike
  /// are paired by what their paths have in common with the former ones, as when a directory above them was renamed.
  static func places(of lost: [LostCheckout], among candidates: [ProjectDirectory]) -> [Int: Int] {
    // The best of each, and then those that compete for the same.
    var fitting: [Int: [Int]] = [:]
    for (number, checkout) in lost.enumerated() {
      let likenesses = candidates.enumerated().compactMap { place, directory in
        checkout.likeness(of: directory).map { (place, $0) }
      }
      guard let best = likenesses.map(\.1).max() else { continue }
      fitting[number] = likenesses.filter { $0.1 == best }.map(\.0)
    }
    var rivals: [Int: Set<Int>] = [:]
    for (number, places) in fitting { for place in places { rivals[place, default: []].insert(number) } }
    var found: [Int: Int] = [:]
    for (number, places) in fitting {
      let competing = places.reduce(into: Set([number])) { $0.formUnion(rivals[$1] ?? []) }
      let contested = competing.reduce(into: Set(places)) { $0.formUnion(fitting[$1] ?? []) }
      guard contested.count <= competing.count else { continue }
      if competing.allSatisfy({ lost[$0].id == lost[number].id }) {
        // All belong to one project: which is which matters little, and the first path stays the first.
        var pairs = competing.flatMap { rival in
          contested.map { (rival, $0, common(lost[rival].path, candidates[$0].path)) }
        }
        pairs.sort { ($1.2, $0.0, $0.1) < ($0.2, $1.0, $1.1) }
        for (rival, place, _) in pairs where found[rival] == nil && !found.values.contains(place) {
          found[rival] = place
        }
        continue
      }
      let ranked = places.map { (place: $0, common: common(lost[number].path, candidates[$0].path)) }
      guard let best = ranked.map(\.common).max(), best > 0 else { continue }
      let winners = ranked.filter { $0.common == best }
      guard winners.count == 1, let winner = winners.first?.place else { continue }
      let isOthers = competing.contains { rival in
        rival != number && (fitting[rival]?.contains(winner) ?? false)
          && common(lost[rival].path, candidates[winner].path) >= best
      }
      if !isOthers { found[number] = winner }
    }
    return found
  }

  /// The names at the end that two paths have in common.
  private static func common(_ one: FilePath, _ other: FilePath) -> Int {
    zip(one.components.reversed(), other.components.reversed()).prefix { $0 == $1 }.count
  }
}
