import Terminal
public import Git
import ByteStrings
import Registry
import RegistryIndex

extension RegistryStore {
  /// Checks on a commit whatever a change since an earlier commit can have broken: what it put there, and what that or
  /// what it took away means for the rest. It takes as long as the change is large, and not the registry.
  ///
  /// - Returns: what does not hold, a line each, as ``verify(_:)`` says it; it may have been so before.
  public func verify(_ commit: ObjectID, since earlier: ObjectID) throws -> [String] {
    var findings: [String] = []
    do {
      try Self.checkFormat(of: commit, named: "the commit \(commit.hex)", in: repository)
    } catch {
      findings.append(Failure(error).message)
    }
    let (entries, problems) = try changes(from: earlier, to: commit)
    findings += problems.map { "\($0.path): \($0.reason)" }
    var changed = ChangedParts()
    for entry in entries {
      changed.add(entry.path, own: machine.id)
      guard let blob = entry.new else { continue }
      do {
        let checked = try checkedEntry(blob, at: entry.path)
        if !checked.isCanonical { findings.append("\(entry.path.path): not in canonical form") }
        if let project = checked.project { changed.projects.append(project) }
      } catch {
        findings.append("\(entry.path.path): \(Failure(error).message)")
      }
    }
    var lookup = try lookup(in: commit)
    for id in changed.ids {
      let path = EntryPath.checkout(machine.id, id)
      if try blob(at: path, by: &lookup) != nil, try blob(at: .project(id), by: &lookup) == nil {
        findings.append("\(path.path): its project is not in the registry")
      }
    }
    // Whoever asks has a change from elsewhere.
    findings += try foreignEntries(in: commit, since: earlier, besideHistoryOf: nil).map {
      "\($0.path): only the machine itself writes below its name"
    }
    for owner in changed.machines where try blob(at: .machine(owner), by: &lookup) == nil {
      guard try hasCheckouts(owner, in: commit) else { continue }
      findings.append("\(EntryPath.machine(owner).path): not there, and the machine has checkouts")
    }
    findings += try duplicates(of: changed, in: commit, since: earlier)
    return findings.sorted()
  }

  /// What a change touches.
  private struct ChangedParts {
    /// The projects as they are now.
    var projects: [Project] = []
    /// Projects that are others now, or gone, or were or are on this machine.
    var ids: Set<ProjectID> = []
    /// Machines with something that is other now.
    var machines: Set<MachineID> = []

    mutating func add(_ path: EntryPath, own: MachineID) {
      switch path {
      case .format: break
      case .project(let id): ids.insert(id)
      case .machine(let machine): machines.insert(machine)
      case .checkout(let machine, let id):
        machines.insert(machine)
        if machine == own { ids.insert(id) }
      }
    }
  }

  /// Whether a commit has anything below a machine's name.
  private func hasCheckouts(_ machine: MachineID, in commit: ObjectID) throws -> Bool {
    let root = try repository.tree(repository.commit(commit).tree)
    guard let folder = root.first(where: { $0.name.elementsEqual("machines".utf8) }),
      folder.mode == TreeEntry.directory
    else { return false }
    return try repository.tree(folder.id).contains { $0.name.elementsEqual(machine.hex.utf8) }
  }

  /// The changed projects that are one with another; the view knows which others can be.
  private func duplicates(
    of changed: ChangedParts, in commit: ObjectID, since earlier: ObjectID
  ) throws -> [String] {
    var groups: [ProjectKey: [Project]] = [:]
    for project in changed.projects {
      if let key = project.duplicateKey { groups[key, default: []].append(project) }
    }
    guard !groups.isEmpty else { return [] }
    let urls = Set(groups.keys.map { ByteString($0.url) })
    for row in try view(of: earlier).rows where urls.contains(ByteString(row[.key])) {
      guard let id = ProjectID(row.id), !changed.ids.contains(id), let other = try project(id, in: commit),
        let key = other.duplicateKey
      else { continue }
      groups[key]?.append(other)
    }
    return groups.values.flatMap { Duplicates.folds(in: $0) }.map { fold in
      let dropped = fold.dropped.map { $0.hex.prefix(12) }.joined(separator: ", ")
      return "\(EntryPath.project(fold.kept).path): the same project as \(dropped)"
    }
  }
}
