public import Git
public import Registry
public import SystemPackage

/// What is odd about a directory that is, or might have been, registered.
public enum RegistrationWarning: Sendable {
  /// A value of its `.dev-infra.yml` is not used; why.
  case metadata(FilePath, String)
  /// The URL of a remote has a password, which is not kept.
  case passwordDropped(FilePath, remote: String)
  /// A remote is left out, since its URL is not taken.
  case remoteLeftOut(FilePath, remote: String, any Error)
  /// The repository's first commit is left out, since it cannot be read.
  case firstCommitLeftOut(FilePath, GitError)
  /// It is another clone of a project; what that directory declares is not used.
  case anotherClone(FilePath, of: String, speaker: FilePath)
  /// Its `.dev-infra.yml` has the id of another project, which is at `place` where it is on this machine.
  case foreignID(FilePath, id: String, project: String, at: FilePath?)
  /// A field that its `.dev-infra.yml` declares is not used.
  case unusedField(FilePath, key: String, any Error)
  /// Its `.dev-infra.yml` declares one value of a field and that of another machine another, which the registry keeps.
  case declaredOtherwise(FilePath, key: String, here: JSON, there: JSON, machine: String)
  /// A search has come upon it, and it is passed over.
  case passedOver(ProjectDirectory.ForeignWorkTree)
  /// It was removed from the registry, and is passed over where nobody named it.
  case removed(FilePath, project: String)
}
