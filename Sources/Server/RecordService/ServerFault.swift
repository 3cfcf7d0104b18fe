import Git
import SystemPackage
import SystemSupport
import RegistryIndex
import RegistryStore

/// Why a server cannot serve a valid request: something is wrong with its computer, or with its registry. Nothing has been
/// changed.
public enum ServerFault: Equatable, Sendable {
  /// Another command has held the registry for too long.
  case busy
  /// There is no room for what would have to be written, or nothing may be written at all.
  case full
  /// The process has as many files open, or as much memory, as it may have.
  case exhausted
  /// The registry is not in its place.
  case gone
  /// The registry is there, and cannot be read or written.
  case unusable

  /// What an error comes from; nil where that is the server itself.
  public init?(_ error: any Error) {
    switch error {
    case is RegistryBusy: self = .busy
    case RecordServiceError.registryGone: self = .gone
    case RecordServiceError.servedByAnother: self = .unusable
    case let error as SystemError: self.init(code: error.code)
    case let error as GitError:
      if error.isLocked {
        self = .busy
      } else if let code = error.systemCode {
        self.init(code: code)
      } else {
        self = .unusable
      }
    case let error as RegistryIndexError: self.init(error)
    case let error as RegistryStoreError: self.init(error)
    case is EntryFault, is StateFault: self = .unusable
    default: return nil
    }
  }

  private init?(_ error: RegistryIndexError) {
    switch error {
    case .registryNotNamed, .noRegistry: self = .gone
    case .viewNotUpdated: self = .unusable
    // What somebody asks for is not the server's fault.
    case .unknownProject, .noProject, .ambiguousProject, .stateNotAvailable, .unknownField, .malformedFormat:
      return nil
    }
  }

  private init?(_ error: RegistryStoreError) {
    switch error {
    case .noMainBranch, .mainBranchLost, .notARegistry, .unknownFormat, .laterFormat, .noMachineID,
      .isRootDirectory, .inAnothersHome,
      .notEmpty, .templatesNotCopied, .notPacked, .notHashed, .changesOwnEntries:
      self = .unusable
    case .unreadableProject(_, let error), .unstorableProject(_, let error), .unusableObject(_, _, let error),
      .unsettableValue(_, _, let error):
      self.init(error)
    // Errors of a request are not the server's fault, and errors of commands do not occur in a server.
    case .unknownCommit, .notADirectory, .notAProject, .malformedMetadata, .isTheRegistry, .noFreeIdentity,
      .projectRemoved, .projectRemovedBeforeEdit, .notOnThisMachine, .notAnAssignment, .unsettableField,
      .moved,
      .nothingToUndo, .nothingMoreToUndo, .notInHistory, .changedSince, .notUndoable, .unknownMachine,
      .ambiguousMachine, .unusableRecord, .noRemote, .negativeTimeout, .transport:
      return nil
    }
  }

  private init(code: Errno) {
    switch code {
    case .noSpace, .diskQuotaExceeded, .readOnlyFileSystem: self = .full
    case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory, .resourceTemporarilyUnavailable:
      self = .exhausted
    default: self = .unusable
    }
  }
}
