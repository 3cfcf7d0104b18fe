import ByteStrings
public import Registry
public import SystemPackage

/// How the places of one repository on a machine lie to each other, so that a clone of it elsewhere is laid out alike: a main work
/// tree or a bare repository, and linked worktrees in it and beside it. See git-worktree(1).
public struct WorkTreeLayout: Equatable, Sendable {
  /// A linked worktree.
  public struct Tree: Equatable, Sendable {
    /// Where it is, as from the clone's directory: below it, or `../NAME` beside it.
    public let place: FilePath
    /// What it has checked out.
    public var head: Head
    /// Whether it is beside the clone.
    var isBeside: Bool { place.components.first == ".." }
  }

  /// What a worktree has checked out.
  public enum Head: Equatable, Sendable {
    /// Nobody has said.
    case unknown
    /// A branch.
    case branch(String)
    /// A commit, by its hash.
    case detached(String)
  }

  /// Where a bare repository is below the clone's directory; nil where that is a work tree itself.
  public let bare: FilePath?
  /// Whether the directory has a file `.git` that leads to the bare repository.
  public let isLinked: Bool
  /// The directory that the clone's stands for.
  public let directory: FilePath
  /// The linked worktrees, in the order of their paths.
  public private(set) var trees: [Tree]
  /// Worktrees that are elsewhere, where a clone has no place for them.
  public let elsewhere: [FilePath]

  /// The most worktrees that are made.
  private static let limit = 100

  /// - Parameters:
  ///   - paths: the places of the repository, those that count first first.
  ///   - head: what is known to be checked out at a place.
  /// - Returns: nil where there are no linked worktrees.
  public init?(_ paths: [CheckoutPath], head: (FilePath) -> Head) {
    let linked = paths.filter { $0.kind == .worktree }.map(\.path)
    let holder = paths.first { $0.kind == .main } ?? paths.first { $0.kind == .bare }
    guard !linked.isEmpty else { return nil }
    let parents = Set(linked.map { $0.removingLastComponent() })
    // Several in one directory, of a repository that nobody has registered: that is bare, and stands among them.
    let around = linked.count > 1 && parents.count == 1 ? linked.first?.removingLastComponent() : nil
    guard var directory = holder?.path ?? around else { return nil }
    if holder?.kind == .main {
      (bare, isLinked) = (nil, false)
    } else if linked.contains(where: { Self.place(of: $0, from: directory)?.isBelow ?? false }) {
      // The directory around a bare repository stands for it, see gitrepository-layout(5).
      (bare, isLinked) = (FilePath(".bare"), true)
    } else {
      let name = directory.lastComponent.map { FilePath(root: nil, [$0]) }
      (bare, isLinked) = (name.flatMap { Layout.isUsable($0) ? $0 : nil } ?? FilePath(".bare"), false)
      directory = directory.removingLastComponent()
    }
    var (trees, elsewhere): ([Tree], [FilePath]) = ([], [])
    for path in linked {
      if let place = Self.place(of: path, from: directory), trees.count < Self.limit {
        trees.append(Tree(place: place.path, head: head(path)))
      } else {
        elsewhere.append(path)
      }
    }
    self.directory = directory
    self.trees = trees
    self.elsewhere = elsewhere
  }

  /// Takes what is checked out in worktrees of which nobody has said it from another layout, where that has them at the same place.
  mutating func learn(from other: WorkTreeLayout) {
    for index in trees.indices where trees[index].head == .unknown {
      if let known = other.trees.first(where: { $0.place == trees[index].place }) {
        trees[index].head = known.head
      }
    }
  }

  private static func place(of path: FilePath, from directory: FilePath) -> (path: FilePath, isBelow: Bool)? {
    var below = path
    if below.removePrefix(directory) {
      return below.isEmpty || !Layout.isUsable(below) ? nil : (below, true)
    }
    guard path.removingLastComponent() == directory.removingLastComponent(), let name = path.lastComponent,
      // Beside other directories of the user's one with a dot may be a program's.
      !name.string.begins(with: "."), Layout.isUsable(FilePath(root: nil, [name]))
    else { return nil }
    return (FilePath("..").appending(name), false)
  }
}
