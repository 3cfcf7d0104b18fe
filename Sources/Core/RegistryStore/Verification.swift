import Terminal
public import Git
import Registry

extension RegistryStore {
  /// Checks every invariant of the registry on a commit.
  ///
  /// - Returns: what does not hold, a line each.
  public func verify(_ commit: ObjectID) throws -> [String] {
    var findings: [String] = []
    do {
      try Self.checkFormat(of: commit, named: "the commit \(commit.hex)", in: repository)
    } catch {
      findings.append(Failure(error).message)
    }
    let (entries, problems) = try changes(from: nil, to: commit)
    findings += problems.map { "\($0.path): \($0.reason)" }
    var keys: [ProjectKey: [Project]] = [:]
    var projects: Set<ProjectID> = []
    var machines: Set<MachineID> = []
    var checkouts: [(owner: MachineID, project: ProjectID)] = []
    for entry in entries {
      guard let blob = entry.new else { continue }
      do {
        let checked = try checkedEntry(blob, at: entry.path)
        if !checked.isCanonical { findings.append("\(entry.path.path): not in canonical form") }
        switch entry.path {
        case .format: break
        case .machine(let id): machines.insert(id)
        case .checkout(let owner, let id): checkouts.append((owner, id))
        case .project(let id):
          projects.insert(id)
          guard let project = checked.project, let key = project.duplicateKey else { continue }
          keys[key, default: []].append(project)
        }
      } catch {
        findings.append("\(entry.path.path): \(Failure(error).message)")
      }
    }
    for (owner, id) in checkouts {
      // Another machine drops its own at its next pull.
      if owner == machine.id, !projects.contains(id) {
        findings.append("\(EntryPath.checkout(owner, id).path): its project is not in the registry")
      }
      if !machines.contains(owner) {
        findings.append("\(EntryPath.checkout(owner, id).path): its machine has no machine.json")
      }
    }
    // Of a remote's commit it can be told what it has of this machine that this machine did not write.
    let main = try main()
    if let base = try repository.mergeBase(main, commit), base != commit {
      findings += try foreignEntries(in: commit, since: base, besideHistoryOf: main).map {
        "\($0.path): only the machine itself writes below its name"
      }
    }
    for group in keys.values {
      for fold in Duplicates.folds(in: group) {
        let dropped = fold.dropped.map { $0.hex.prefix(12) }.joined(separator: ", ")
        findings.append("\(EntryPath.project(fold.kept).path): the same project as \(dropped)")
      }
    }
    return findings.sorted()
  }
}
