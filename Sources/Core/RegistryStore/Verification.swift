public import Git
import Registry

extension RegistryStore {
  /// Checks every invariant of the registry on a commit.
  ///
  /// - Returns: what does not hold.
  public func verify(_ commit: ObjectID) throws -> [VerificationFinding] {
    var findings: [VerificationFinding] = []
    do {
      try Self.checkFormat(of: commit, as: .commit(commit), in: repository)
    } catch {
      findings.append(.notARegistry(error))
    }
    let (entries, problems) = try changes(from: nil, to: commit)
    findings += problems.map { .misplaced(path: $0.path, $0.fault) }
    var keys: [ProjectKey: [Project]] = [:]
    var projects: Set<ProjectID> = []
    var machines: Set<MachineID> = []
    var checkouts: [(owner: MachineID, project: ProjectID)] = []
    for entry in entries {
      guard let blob = entry.new else { continue }
      do {
        let checked = try checkedEntry(blob, at: entry.path)
        if !checked.isCanonical { findings.append(.notCanonical(entry.path)) }
        switch entry.path {
        case .format, .unknown: break
        case .machine(let id): machines.insert(id)
        case .checkout(let owner, let id): checkouts.append((owner, id))
        case .project(let id):
          projects.insert(id)
          guard let project = checked.project, let key = project.duplicateKey else { continue }
          keys[key, default: []].append(project)
        }
      } catch {
        findings.append(.unusable(entry.path, error))
      }
    }
    for (owner, id) in checkouts {
      // Another machine drops its own at its next pull.
      if owner == machine.id, !projects.contains(id) {
        findings.append(.withoutProject(.checkout(owner, id)))
      }
      if !machines.contains(owner) {
        findings.append(.withoutMachine(.checkout(owner, id)))
      }
    }
    // Of a remote's commit it can be known what it has of this machine that this machine did not write.
    let main = try main()
    if let base = try repository.mergeBase(main, commit), base != commit {
      findings += try foreignEntries(in: commit, since: base, besideHistoryOf: main).map {
        .foreign($0)
      }
    }
    for group in keys.values {
      for fold in Duplicates.folds(in: group) {
        findings.append(.duplicate(.project(fold.kept), of: Array(fold.dropped)))
      }
    }
    return findings
  }
}
