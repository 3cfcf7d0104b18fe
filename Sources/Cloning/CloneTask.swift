import Registry
public import SystemPackage

/// A clone that is to be made: one repository, and the projects that it holds.
public struct CloneTask: Sendable {
  /// What people call it.
  public let name: String
  /// Where it comes from, as it may be handed to git.
  public let url: String
  /// The URL in the form that compares.
  let key: String
  /// Where it goes.
  public let target: FilePath
  /// The projects' directories below the repository's root; an empty path is the root itself.
  public internal(set) var subdirectories: [FilePath]
}
