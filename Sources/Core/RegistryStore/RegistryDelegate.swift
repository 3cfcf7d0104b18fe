public import Git
public import Registry
public import SystemPackage

/// Receives a registry's notices, and is asked for what another program has to do.
public protocol RegistryDelegate: Sendable {
  /// Something is worth knowing; the work goes on.
  func note(_ notice: RegistryNotice)
  /// There are so many loose objects in the registry that packing pays. The caller does not wait for it.
  func startMaintenance(of registry: FilePath)
}

/// What a registry came upon, or did, that its user should know.
public enum RegistryNotice: Sendable {
  /// A lock file of a command that was killed was removed.
  case removedStaleLock(FilePath)
  /// The process file of a `git gc` that was killed was removed.
  case removedStaleGCPid(FilePath)
  /// The registry was made on another computer, and has become a new machine here.
  case becameNewMachine(registry: FilePath, former: MachineID, name: String)
  /// A project's entry cannot be read; the view has no row for it.
  case leftOut(ProjectID, any Error)
  /// The remote has no registry any more.
  case remoteEmptied(String)
  /// The remote has no longer the commit that it had.
  case remoteRewound(String, from: ObjectID)
  /// The helper of a service warns of something; its own words.
  case serviceWarning(String)
  /// The helper of a service could not do something for one project; its own words.
  case serviceError(String)
  /// What a machine says of its checkouts was not taken, from a remote, or cannot be read here.
  case stateSetAside(MachineID, remote: String?, any Error)
  /// A remote has more of other machines' states than is read for one fetch: so many are left for the next.
  case statesWait(remote: String, count: Int)
  /// The remote took main, and refused what machines say of their checkouts.
  case stateRefused(remote: String)
  /// A service does not take the state of this machine's checkouts, for this reason; it takes others.
  case stateNotTaken(remote: String, reason: String)
  /// The state of this machine's checkouts was sent for the first time.
  case stateIsSent
  /// What other machines say of their checkouts did not come from the remote, where main did.
  case statesNotFetched(remote: String, any Error)
  /// What this machine says of its checkouts was not sent to the remote, where main was.
  case stateNotSent(remote: String, any Error)
  /// A merge that was part of the work.
  case merge(MergeReport)
}
