import ByteStrings
public import Registry
public import SystemPackage

/// A clone that is to be made: one repository, and the projects that it holds.
public struct CloneTask: Sendable {
  /// What people call it.
  public let name: String
  /// Where it comes from, as it may be handed to git.
  public let url: String
  /// The URL in the form that compares.
  let key: String
  /// Whose it is to let somebody in: the URL's host.
  var host: Substring { key.prefix(before: "/") }
  /// The remotes of the project where it is or was, name to URL; what it comes from is among them.
  let remotes: ByteKeyed<String>
  /// What the remote that it comes from is called there, where that is not for git to say.
  var ownRemote: String? {
    let named = remotes.filter { (try? RemoteURL($0.1).normalized) == key }.map(\.0).sorted()
    return named.contains("origin") ? nil : named.first
  }
  /// Where it goes.
  public var target: FilePath { root.pushing(below) }
  /// The directory that the user chose for clones.
  let root: FilePath
  /// Where below it.
  var below: FilePath
  /// The linked worktrees that are made with it, and whether the repository is a bare one; nil where there are none.
  public internal(set) var layout: WorkTreeLayout?
  /// Places that a worktree may not take: those of the clones, and where other projects go.
  var taken: [TakenPlaces] = []
  /// The home directory, among whose programs a worktree beside the clone may not go; nil where the clone itself may.
  var homeOfPrograms: FilePath?
  /// How much of it is cloned.
  public internal(set) var options = CloneOptions()
  /// Whether this machine had the project at this very path, so that it may be inside another repository.
  let isRestored: Bool
  /// The projects of the registry that it brings, by id and name; none where the URL was not known.
  public internal(set) var projects: [(id: String, name: String)] = []
  /// The projects' directories below the repository's root; an empty path is the root itself.
  public internal(set) var subdirectories: [FilePath]
}
