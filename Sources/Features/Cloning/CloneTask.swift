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
  public var target: FilePath { root.pushing(below) }
  /// The directory that the user chose for clones.
  let root: FilePath
  /// Where below it.
  var below: FilePath
  /// Whether this machine had the project at this very path, so that it may be inside another repository.
  let isRestored: Bool
  /// The projects' directories below the repository's root; an empty path is the root itself.
  public internal(set) var subdirectories: [FilePath]
}
