import Git
import Registry
import RegistryIndex

/// What was removed from the registry.
extension RegistrationPlanner {
  /// The removed project that a directory is, by the same marks as those that are there.
  func removal(
    of directory: ProjectDirectory, among removed: RemovedProjects, trusting: Bool
  ) -> RemovedProject? {
    if removed.isEmpty { return nil }
    for identity in directory.identities(on: machine, trustingDeclared: trusting) {
      guard let id = ProjectID(ofIdentity: identity.record, hash: ObjectID.blobHash), let found = removed[id],
        index.row(id) == nil
      else { continue }
      if case .root = identity.source {
        let isElsewhere = found.paths.contains { directory.hasOther(at: $0) }
        if isElsewhere || directory.url != nil && found.key != nil { continue }
      }
      return found
    }
    if let url = directory.url,
      let found = removed.project(
        at: ProjectKey(url: url.normalized, subdirectory: directory.subdirectory)),
      index.row(found.project.id) == nil
    {
      return found
    }
    return removed.projects(at: directory.path).first { found in
      index.row(found.project.id) == nil && found.project.subdirectory == directory.subdirectory
        && found.project.rootCommit == directory.rootCommit
    }
  }
}
