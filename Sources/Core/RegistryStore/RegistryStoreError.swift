public import Git
public import Metadata
public import Registry
public import SystemPackage

/// Why something could not be done with the registry, or with a project that was to go into it.
public enum RegistryStoreError: Error, Sendable {
  /// A commit that is looked at, as the caller knows it.
  public enum Subject: Equatable, Sendable {
    /// Main of the registry in this directory.
    case registry(FilePath)
    /// A commit by its id.
    case commit(ObjectID)
    /// What a remote of this name has.
    case remote(String)
    /// A commit under the name that it was given in a merge.
    case merged(String)
  }

  /// What is wrong with a record of `--index-info`.
  public enum RecordFault: Equatable, Sendable {
    /// It has no tab before the path.
    case noTab
    /// Something other than the mode and the object stands before the tab.
    case malformedHead
    /// The path is not quoted as git quotes.
    case malformedQuoting
    /// The path is not the name of an entry.
    case notAnEntry
    /// It would remove the file that makes a tree a registry.
    case removesFormat
    /// The mode is neither that of a file nor 0.
    case unknownMode
    /// This is not an object's name.
    case malformedObject(String)
  }

  // MARK: Opening

  /// The registry has no main branch.
  case noMainBranch(registry: FilePath)
  /// The registry that is open has no main branch any more.
  case mainBranchLost(registry: FilePath)
  /// The tree has no file `format`: it is an ordinary repository's.
  case notARegistry(Subject)
  /// The tree's `format` is not one that any version wrote.
  case unknownFormat(Subject, String)
  /// The tree's format is that of a later version.
  case laterFormat(Subject, Int)
  /// The registry has no commit of that name.
  case unknownCommit(String, registry: FilePath)
  /// No id could be made for this machine.
  case noMachineID

  // MARK: Making

  /// A registry cannot be the root directory.
  case isRootDirectory(FilePath)
  /// A registry was not made by the way, for root in another user's home: it would be in that user's way.
  case inAnothersHome(FilePath)
  /// The place of a new registry has something in it.
  case notEmpty(FilePath)
  /// Templates that were there first could not be copied into the new registry; the reason is the copying program's.
  case templatesNotCopied(FilePath, reason: String?)

  // MARK: Reading directories

  /// What should be a project's directory is not a directory.
  case notADirectory(FilePath)
  /// It has neither a repository nor a `.dev-infra.yml`.
  case notAProject(FilePath)
  /// It could not be read.
  case unreadableProject(FilePath, any Error)
  /// A `.dev-infra.yml` is malformed.
  case malformedMetadata(file: FilePath, MetadataError)
  /// An identity record could not be hashed.
  case notHashed(String)

  // MARK: Changing

  /// The registry was to be registered in itself.
  case isTheRegistry(FilePath)
  /// Each identity that the directory could have is another project's.
  case noFreeIdentity(FilePath)
  /// What was found of a directory cannot be stored.
  case unstorableProject(FilePath, any Error)
  /// Another command has removed the project.
  case projectRemoved(name: String)
  /// Another command has removed the project before its fields could be set.
  case projectRemovedBeforeEdit(name: String)
  /// The project is not on this machine.
  case notOnThisMachine(name: String)
  /// It is not of the form `KEY=VALUE`.
  case notAnAssignment(String)
  /// There is no such field, or people do not set it.
  case unsettableField(String)
  /// The field does not take the value.
  case unsettableValue(field: String, project: String, any Error)
  /// Main is not at the commit that it was expected at.
  case moved(to: ObjectID, expected: ObjectID)
  /// Main has no former value.
  case nothingToUndo(registry: FilePath)
  /// All changes that main has have been taken back already.
  case nothingMoreToUndo(registry: FilePath)
  /// The commit that is to be taken back is not one of main's.
  case notInHistory(ObjectID, registry: FilePath)
  /// What a change did to a project has been changed again since.
  case changedSince(subject: String, name: String)
  /// The change is of a kind that is not undone.
  case notUndoable(subject: String)
  /// A record of `--index-info` cannot be used.
  case unusableRecord([UInt8], RecordFault)
  /// An object cannot be the entry that it is to be.
  case unusableObject(ObjectID, EntryPath, any Error)
  /// A commit changes this, and `more` besides, below this machine's own name.
  case changesOwnEntries(ObjectID, EntryPath, more: Int)
  /// `git gc` failed; what it said last.
  case notPacked(registry: FilePath, said: String?)

  // MARK: Machines

  /// No machine is known by this text.
  case unknownMachine(String)
  /// The text stands for more than one machine.
  case ambiguousMachine(String, [KnownMachine])

  // MARK: Remotes

  /// The registry has no remote of that name.
  case noRemote(String, registry: FilePath)
  /// A timeout is less than nothing.
  ///
  /// - isSetting: whether `dev-infra.timeout` says so, and not the command line.
  case negativeTimeout(isSetting: Bool)
  /// A fetch or a push did not succeed.
  case transport(TransportFailure)
}

/// Why an entry of the registry cannot be used, where its bytes are JSON of the right form.
public enum EntryFault: Error, Equatable, Sendable {
  /// It is larger than any entry, in bytes.
  case tooLarge(limit: Int)
  /// The file `format` has not the bytes that it should have.
  case foreignFormat
  /// The project's id is not the one that its path spells.
  case wrongProject(ProjectID, at: ProjectID)
  /// The machine's id is not the one that its path spells.
  case wrongMachine(MachineID, at: MachineID)
  /// The project's id is not the hash of its identity record.
  case notOfIdentity
}

/// A fetch or a push that did not succeed.
public struct TransportFailure: Error, Equatable, Sendable {
  /// What was under way.
  public enum Action: Equatable, Sendable {
    /// Fetching from the remote.
    case fetch
    /// Pushing to it.
    case push
  }

  /// What became of it.
  public enum Cause: Equatable, Sendable {
    /// git was ended by a signal.
    case signal(Int32)
    /// The remote said nothing for so many seconds.
    case silence(seconds: Int)
    /// The transfer was not done after so many seconds, whatever the remote said meanwhile.
    case duration(seconds: Int)
    /// The remote, or git about it, said more than so many bytes beside what it sent.
    case messages(bytes: Int)
    /// What the remote sent came to so many bytes, the most that a file may have, of which git says nothing.
    case pack(bytes: Int)
    /// git failed; what it gave as the reason, shown as it is to be printed.
    case git(String?)
    /// The remote is a shallow clone: it does not say what was merged there and when.
    case shallow
    /// What the remote has is encrypted to more keys than would be named here: those without would be shut out.
    case fewerKeys(there: Int, here: Int)
    /// The remote refused the push; its reason, and what else was said.
    case refused(String, said: String?)

    /// Whether it may be for what was to come beside main.
    var mayBeOfStates: Bool {
      switch self {
      case .signal, .pack: true
      default: false
      }
    }
  }

  /// What a person can do about it that the cause alone does not say.
  public enum Remedy: Equatable, Sendable {
    /// The remote has files checked out, and has to be a bare repository.
    case bareRepository
    /// This file is a bundle, which cannot be pushed to.
    case bundle(String)
  }

  /// What was under way.
  public let action: Action
  /// The remote's name.
  public let remote: String
  /// The remote's URL, without secrets.
  public let url: String
  /// What became of it.
  public let cause: Cause
  /// What would help, where that is known.
  public var remedy: Remedy?
}
