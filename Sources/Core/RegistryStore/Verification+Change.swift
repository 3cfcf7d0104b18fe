public import Git
import ByteStrings
import Registry
import RegistryIndex

extension RegistryStore {
  /// Checks on a commit whatever a change since an earlier commit can have broken: what it put there, and what that or
  /// what it took away means for the rest. It takes as long as the change is large, and not the registry.
  ///
  /// - Returns: what does not hold; it may have been so before.
  public func verify(_ commit: ObjectID, since earlier: ObjectID) throws -> [VerificationFinding] {
    var findings: [VerificationFinding] = []
    do {
      try Self.checkFormat(of: commit, as: .commit(commit), in: repository)
    } catch {
      findings.append(.notARegistry(error))
    }
    let found = try changes(from: earlier, to: commit)
    let (entries, problems) = (found.changes, found.problems)
    findings += problems.map { .misplaced(path: $0.path, $0.fault) }
    var changed = ChangedParts()
    for entry in entries {
      changed.add(entry.path, own: machine.id)
      guard let blob = entry.new else { continue }
      do {
        let checked = try checkedEntry(blob, at: entry.path)
        if !checked.isCanonical { findings.append(.notCanonical(entry.path)) }
        if let project = checked.project { changed.projects.append(project) }
      } catch {
        findings.append(.unusable(entry.path, error))
      }
    }
    var lookup = try lookup(in: commit)
    for id in changed.ids {
      let path = EntryPath.checkout(machine.id, id)
      if try blob(at: path, by: &lookup) != nil, try blob(at: .project(id), by: &lookup) == nil {
        findings.append(.withoutProject(path))
      }
    }
    // The caller has a change from elsewhere.
    findings += try foreignEntries(in: commit, since: earlier, besideHistoryOf: nil).map { .foreign($0) }
    for owner in changed.machines where try blob(at: .machine(owner), by: &lookup) == nil {
      guard try knows(owner, in: commit) else { continue }
      findings.append(.noMachineRecord(.machine(owner)))
    }
    findings += try duplicates(of: changed, in: commit, since: earlier)
    return findings
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
      case .format, .unknown: break
      case .project(let id): ids.insert(id)
      case .machine(let machine): machines.insert(machine)
      case .checkout(let machine, let id):
        machines.insert(machine)
        if machine == own { ids.insert(id) }
      }
    }
  }

  /// The changed projects that are one with another; the view knows which others can be.
  private func duplicates(
    of changed: ChangedParts, in commit: ObjectID, since earlier: ObjectID
  ) throws -> [VerificationFinding] {
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
    return groups.values.flatMap { Duplicates.folds(in: $0) }.map {
      .duplicate(.project($0.kept), of: Array($0.dropped))
    }
  }
}
