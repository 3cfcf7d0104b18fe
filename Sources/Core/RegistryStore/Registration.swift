public import Registry
public import SystemPackage

/// What registering a directory came to.
public struct Registration: Sendable {
  /// What happened to the entry.
  public enum Change: Sendable {
    /// It is new.
    case registered
    /// It was there, and the entry or where it is here has changed.
    case updated
    /// It was there, and nothing has changed.
    case unchanged
  }

  /// The project's id.
  public let id: ProjectID
  /// Its name.
  public let name: String
  /// Its directory.
  public let path: FilePath
  /// What happened.
  public let change: Change
  /// What is odd about it.
  public let warnings: [RegistrationWarning]
}

/// A project that was removed from the registry, and is not put back by what nobody asked for.
public struct RemovedFromRegistry: Error, Sendable {
  /// The project's name.
  public let name: String
  /// The directory that would be it.
  public let path: FilePath
}
