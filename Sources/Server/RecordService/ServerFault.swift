import Terminal
import Git
import Glibc
import SystemSupport
import RegistryIndex
import RegistryStore

/// What keeps a server from doing a request that is as good as any: the computer that it runs on, or the registry as it
/// lies there. Nothing has been changed.
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
    case is RegistryGone: self = .gone
    case let error as SystemError: self.init(code: error.code)
    case let error as GitError:
      if error.isLocked {
        self = .busy
      } else if let code = error.systemCode {
        self.init(code: code)
      } else {
        self = .unusable
      }
    // What the registry's own modules say in a sentence is about how it lies there.
    case is Failure, is RegistryIndexError: self = .unusable
    default: return nil
    }
  }

  private init(code: Int32) {
    switch code {
    case ENOSPC, EDQUOT, EROFS: self = .full
    case EMFILE, ENFILE, ENOMEM, EAGAIN: self = .exhausted
    default: self = .unusable
    }
  }
}
