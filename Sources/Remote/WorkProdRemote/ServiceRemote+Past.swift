import Git
import Registry
import RegistryStore
import WorkProd

/// What was known of a service before it is looked at.
struct Past {
  /// The commit that its records were.
  let commit: ObjectID
  /// Which record was which project's.
  let records: [Int: LastSeenState.Remembered]
}

extension ServiceRemote {
  /// What is known of the service that has these records; nil where it was never seen.
  ///
  /// It is kept by the URL. Where the remote's URL has changed, and the records show that the same service is there, what
  /// was known of it at the former one goes on. Where they show that another service is there, or one that was set up
  /// anew, nothing is known of it, whatever there was before.
  ///
  /// - Parameter own: the commit that is kept for the URL.
  func past(_ own: ObjectID?, _ records: [ServiceRecord], _ form: ServiceFlavor) throws -> Past? {
    if !records.isEmpty, let former = try former(own, records, form) { return former }
    guard let own else { return nil }
    let past = Past(commit: own, records: try state.remembered(repository))
    return ServiceFingerprint(records, form, past.records, hash: ObjectID.blobHash).isAnotherService
      ? nil : past
  }

  /// What was known of the service at the URL that the remote had before.
  ///
  /// That URL is not known any more, but what was seen there: the remote's tracking reference still has it.
  private func former(_ own: ObjectID?, _ records: [ServiceRecord], _ form: ServiceFlavor) throws -> Past? {
    guard let remote, let tracked = try repository.reference("refs/remotes/\(remote)/main") else {
      return nil
    }
    // The usual case: nothing newer was seen elsewhere.
    if let own, try own == tracked || repository.isAncestor(tracked, of: own) { return nil }
    for other in try RemoteState.all(repository) {
      guard let commit = try other.commit(repository), commit != own,
        try repository.isAncestor(tracked, of: commit)
      else { continue }
      let past = Past(commit: commit, records: try other.remembered(repository))
      if ServiceFingerprint(records, form, past.records, hash: ObjectID.blobHash).isSameService {
        return past
      }
    }
    return nil
  }
}
