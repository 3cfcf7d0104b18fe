import Git
import SystemSupport
import ByteStrings
import Registry
import SystemPackage

/// A project that somebody has removed: main's history has it, and main has not.
struct RemovedProject: Sendable {
  /// What was known of it.
  let project: Project
  /// Where it was on this machine.
  let paths: [FilePath]

  var key: ProjectKey? { project.duplicateKey }
}

/// The projects that were removed, found by what a directory is known by.
struct RemovedProjects {
  private var byID: [ProjectID: RemovedProject] = [:]
  private var byKey: [ProjectKey: ProjectID] = [:]
  private var byPath: [FilePath: [ProjectID]] = [:]

  init(_ projects: [RemovedProject]) {
    for removed in projects {
      byID[removed.project.id] = removed
      if let key = removed.key, byKey[key] == nil { byKey[key] = removed.project.id }
      for path in removed.paths { byPath[path, default: []].append(removed.project.id) }
    }
  }

  var isEmpty: Bool { byID.isEmpty }

  subscript(id: ProjectID) -> RemovedProject? { byID[id] }

  /// All of them, in no order.
  var all: [RemovedProject] { Array(byID.values) }

  func project(at key: ProjectKey) -> RemovedProject? { byKey[key].flatMap { byID[$0] } }

  func projects(at path: FilePath) -> [RemovedProject] { (byPath[path] ?? []).compactMap { byID[$0] } }
}

extension RegistryStore {
  /// Commits that are looked through for what was removed.
  private static let removalLimit = 100_000

  /// One removal: the entry's last blob, and the commit that had it.
  private struct Removal {
    let blob: ObjectID
    let commit: ObjectID
  }

  /// The projects that were removed on the way to a commit, by whatever machine.
  ///
  /// What was found is kept in the cache, so that each commit is looked at once.
  func removedProjects(before main: ObjectID) throws -> RemovedProjects {
    let file = CacheFile("removed/list", of: directory, limit: 1 << 26, startingWith: "dev-infra-removed 2 ")
    var (known, removals) = Self.readRemovals(file)
    if let commit = known,
      try repository.header(of: commit) == nil || !repository.isAncestor(commit, of: main)
    {
      (known, removals) = (nil, [:])
    }
    if known != main {
      let new = try newRemovals(in: main, beyond: known)
      removals.merge(new) { _, later in later }
      Self.write(removals, of: main, to: file)
    }
    var entries = try lookup(in: main)
    var projects: [RemovedProject] = []
    for (id, removal) in removals.sorted(by: { $0.key < $1.key }) {
      guard try blob(at: .project(id), by: &entries) == nil, let project = try? project(of: removal.blob, id)
      else {
        continue
      }
      let checkout = (try? checkout(id, of: machine.id, in: removal.commit)) ?? nil
      projects.append(RemovedProject(project: project, paths: checkout?.ranked.map(\.path) ?? []))
    }
    return RemovedProjects(projects)
  }

  /// A deliberate removal is a commit with one parent: a merge only carries it on, or makes two entries one. A commit that takes a
  /// registration back is not a removal: it is as if the project had never been registered.
  private func newRemovals(in main: ObjectID, beyond known: ObjectID?) throws -> [ProjectID: Removal] {
    var found: [ProjectID: Removal] = [:]
    var folders: [ObjectID: ObjectID?] = [:]
    func folder(_ commit: ObjectID, _ tree: ObjectID) throws -> ObjectID? {
      if let known = folders[commit] { return known }
      // History also holds what a remote had in its place: a link or a file, which the merge set aside.
      let entry = try repository.entry("projects", in: tree)
      let folder = entry?.mode == TreeEntry.directory ? entry?.id : nil
      folders[commit] = .some(folder)
      return folder
    }
    for commit in try repository.commits(of: main, beyond: known, limit: Self.removalLimit) {
      let information = try repository.commit(commit)
      guard information.parents.count == 1, let parent = information.parents.first,
        !Self.isUndo(information.message)
      else { continue }
      let new = try folder(commit, information.tree)
      let old = try folder(parent, repository.commit(parent).tree)
      guard old != new else { continue }
      var reader = TreeReader()
      try reader.compareProjects(old, new, in: repository)
      for change in reader.changes {
        guard case .project(let id) = change.path, change.new == nil, let blob = change.old, found[id] == nil
        else {
          continue
        }
        found[id] = Removal(blob: blob, commit: parent)
      }
    }
    return found
  }

  // MARK: The cache

  private static func readRemovals(_ file: CacheFile) -> (commit: ObjectID?, removals: [ProjectID: Removal]) {
    guard let bytes = file.read() else { return (nil, [:]) }
    var lines = String(decoding: bytes, as: UTF8.self).split(at: "\n")[...]
    guard let first = lines.popFirst(), let commit = ObjectID(hex: String(first)) else { return (nil, [:]) }
    var removals: [ProjectID: Removal] = [:]
    for line in lines {
      let words = line.split(at: " ").map { String($0) }
      guard words.count == 3, let id = ProjectID(words[0]), let blob = ObjectID(hex: words[1]),
        let commit = ObjectID(hex: words[2])
      else { return (nil, [:]) }
      removals[id] = Removal(blob: blob, commit: commit)
    }
    return (commit, removals)
  }

  /// One that cannot be written costs the next reader time, nothing else.
  private static func write(_ removals: [ProjectID: Removal], of commit: ObjectID, to file: CacheFile) {
    let lines = removals.sorted { $0.key < $1.key }.map {
      "\($0.key.hex) \($0.value.blob.hex) \($0.value.commit.hex)\n"
    }
    do {
      try file.makeFolder()
      // The holder of the folder's lock alone writes there: what else is unfinished was left behind.
      guard let lock = FileLock(directory: file.folder) else { return }
      defer { _ = lock.isHeld }
      Files.removeUnfinished(in: file.folder, olderThan: 0)
      try file.write(Array((commit.hex + "\n" + lines.joined()).utf8))
    } catch {}
  }
}
