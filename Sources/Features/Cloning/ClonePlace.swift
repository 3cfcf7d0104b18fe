import SystemSupport
import SystemPackage

/// A place for one clone, which appears whole or not at all.
///
/// The place is reached from a directory that the user chose, name by name, and never through a symbolic link: what is
/// below that directory may have come with an earlier clone. Each directory on the way is opened in the one before
/// (openat(2), `O_NOFOLLOW`) and made there (mkdirat(2)). The clone grows in a scratch directory beside its place. While
/// that is there none of the directories on the way is empty, so no other clone can take the place of one of them:
/// rename(2) replaces empty directories only.
final class ClonePlace {
  /// Where git is to clone to: not there yet.
  let work: FilePath
  private let route: Route
  private let parent: OpenFile
  private let scratch: FilePath
  private let scratchName: String
  /// The directories above the root that had to be made, the outermost first, and how many names below it.
  private let made: (above: [FilePath], below: [Int])

  /// Makes what is missing on the way, and the scratch directory.
  ///
  /// - Throws: `EEXIST` and `ENOTEMPTY` where something already exists there, and ``CloningError`` for what is in the way.
  init(_ task: CloneTask) throws {
    let above = Self.missing(task.root)
    var below: [Int] = []
    var way: Route?
    do {
      try Files.makeDirectory(task.root)
      let route = try Route(task)
      way = route
      let parent = try route.walk(making: &below)
      try Self.requireFree(route.name, in: parent.descriptor, task.target)
      let name = ".dev-infra-\(Host.randomHex(6))"
      guard Files.makeDirectory(FilePath(name), in: parent.descriptor, mode: 0o700) else {
        throw SystemError("making a directory in", route.parentPath.visible)
      }
      guard Self.isSame(parent, route.parentPath) else {
        Files.removeEmptyDirectory(FilePath(name), in: parent.descriptor)
        throw CloningError.replacedMeanwhile(route.parentPath)
      }
      self.route = route
      self.parent = parent
      scratchName = name
      scratch = route.parentPath.appending(name)
      work = scratch.pushing(FilePath(bytes: route.name))
      made = (above, below)
    } catch {
      Self.remove(way, (above, below))
      throw error
    }
  }

  /// Whether the place has a directory that holds a repository: nothing is made to find out.
  static func holdsRepository(_ task: CloneTask) throws -> Bool {
    guard Files.kind(of: task.root) == .directory else { return false }
    let route = try Route(task)
    guard let parent = try route.walk() else { return false }
    guard let place = Route.open(route.name, in: parent.descriptor) else { return false }
    return Stat(".git", in: place.descriptor, followingLinks: false) != nil
  }

  /// Whether git has brought all of it, and only what came after failed: it makes the index when every file is there.
  var isWhole: Bool {
    let git = work.appending(".git")
    return Files.kind(of: git.appending("index"), followingLinks: false) == .file
      && Files.kind(of: git.appending("index.lock"), followingLinks: false) == nil
  }

  /// Moves the clone to its place.
  func commit() throws {
    let name = FilePath(bytes: route.name)
    let from = FilePath(scratchName).pushing(name)
    guard Files.kind(of: work, followingLinks: false) == .directory else {
      throw SystemError("making", route.target.visible, code: .notDirectory)
    }
    guard Files.move(from, to: name, in: parent.descriptor) else {
      throw SystemError("making", route.target.visible)
    }
    removeScratch()
  }

  /// Clears everything away that was made.
  func abandon() {
    removeScratch()
    Self.remove(route, made)
  }

  /// Clears away what git left of an attempt, for another one.
  func clear() throws { try Files.removeTree(work) }

  private func removeScratch() {
    for _ in 0..<20 {
      do throws(SystemError) {
        return try Files.removeTree(scratch)
      } catch {
        // Programs that have just been killed may still have been writing.
        Clock.pause(0.02)
      }
    }
  }

  private static func remove(_ route: Route?, _ made: (above: [FilePath], below: [Int])) {
    for count in made.below.reversed() {
      guard let route, let parent = Route.ignoringErrors({ try route.walk(to: count) }) else { continue }
      Files.removeEmptyDirectory(FilePath(bytes: route.names[count]), in: parent.descriptor)
    }
    for path in made.above.reversed() { Files.removeEmptyDirectory(path) }
  }

  private static func missing(_ path: FilePath) -> [FilePath] {
    var missing: [FilePath] = []
    var above = path
    while Files.kind(of: above, followingLinks: false) == nil, above.lastComponent != nil {
      missing.insert(above, at: 0)
      above = above.removingLastComponent()
    }
    return missing
  }

  private static func requireFree(_ name: [UInt8], in parent: Int32, _ target: FilePath) throws {
    guard Stat(FilePath(bytes: name), in: parent, followingLinks: false) != nil else {
      if Errno.last == .noSuchFileOrDirectory { return }
      throw SystemError("making the directory", target.visible)
    }
    guard let place = Route.open(name, in: parent), var entries = DirectoryEntries(place) else {
      throw SystemError("making the directory", target.visible, code: .fileExists)
    }
    if entries.next() != nil {
      throw SystemError("making the directory", target.visible, code: .directoryNotEmpty)
    }
  }

  private static func isSame(_ directory: borrowing OpenFile, _ path: FilePath) -> Bool {
    guard let one = directory.status, let other = Stat(at: path, followingLinks: false) else { return false }
    return one.isSameFile(as: other)
  }
}

/// The way to a clone's place: a directory with its links resolved, and the names below it.
struct Route {
  let root: FilePath
  let names: [[UInt8]]
  private let passesRepositories: Bool
  /// Whether the way may also go through a repository's own directory, which holds hooks and settings that git runs.
  private let passesGitDirectories: Bool

  /// - Throws: where the root is not a directory.
  init(_ task: CloneTask) throws {
    passesRepositories = task.isRestored
    passesGitDirectories = task.isRestored
    let (root, below) = task.isRestored ? Self.userPart(of: task.target) : (task.root, task.below)
    guard let resolved = root.resolved, Files.kind(of: resolved) == .directory else {
      throw SystemError("searching", root.visible, code: .notDirectory)
    }
    self.root = resolved
    names = below.components.map { FilePath(root: nil, [$0]).bytes }
  }

  /// The way to a linked worktree of a clone that is there: below its directory, or beside it.
  init(to tree: WorkTreeLayout.Tree, of task: CloneTask) throws {
    guard tree.place.components.first != ".." else {
      var beside = task
      beside.below = task.below.removingLastComponent().pushing(
        FilePath(root: nil, tree.place.components.dropFirst()))
      self = try Route(beside)
      return
    }
    guard let resolved = task.target.resolved, Files.kind(of: resolved) == .directory else {
      throw SystemError("searching", task.target.visible, code: .notDirectory)
    }
    root = resolved
    names = tree.place.components.map { FilePath(root: nil, [$0]).bytes }
    passesRepositories = true
    passesGitDirectories = false
  }

  /// The name of the clone's own directory.
  var name: [UInt8] { names.last ?? [] }
  /// Its path.
  var target: FilePath { path(names.count) }
  /// The path of the directory that it is in.
  var parentPath: FilePath { path(names.count - 1) }

  private func path(_ count: Int) -> FilePath {
    names.prefix(count).reduce(root) { $0.pushing(FilePath(bytes: $1)) }
  }

  /// Of a path that this machine had recorded, the part whose links are the user's own: down to the outermost
  /// repository, and no further than it is there.
  private static func userPart(of target: FilePath) -> (root: FilePath, below: FilePath) {
    var root = FilePath("/")
    var below = FilePath()
    var isOwn = true
    for component in target.removingLastComponent().components {
      let next = root.appending(component)
      if isOwn, Files.kind(of: root.appending(".git"), followingLinks: false) == nil,
        Files.kind(of: next) == .directory
      {
        root = next
      } else {
        isOwn = false
        below.append(component)
      }
    }
    if let last = target.lastComponent { below.append(last) }
    return (root, below)
  }

  /// What `body` opens; nil where it throws.
  static func ignoringErrors(_ body: () throws -> OpenFile?) -> OpenFile? {
    do { return try body() } catch { return nil }
  }

  /// Opens a directory in another one, which is not a link.
  static func open(_ name: [UInt8], in directory: Int32) -> OpenFile? {
    OpenFile(FilePath(bytes: name), in: directory, [.directory, .noFollow])
  }

  /// Opens the directory that the clone goes into, and makes what is missing on the way.
  ///
  /// - Parameter made: which of the names were made.
  func walk(making made: inout [Int]) throws -> OpenFile {
    var attempt = 0
    while true {
      if let descriptor = try walk(to: names.count - 1, making: true, &made) { return descriptor }
      // An empty directory on the way was just replaced by a clone.
      attempt += 1
      if attempt == 3 {
        throw SystemError("making the directory", parentPath.visible, code: .noSuchFileOrDirectory)
      }
    }
  }

  /// As ``walk(making:)``, and makes nothing; nil where something on the way is missing.
  func walk(to count: Int? = nil) throws -> OpenFile? {
    var none: [Int] = []
    return try walk(to: count ?? (names.count - 1), making: false, &none)
  }

  private func walk(to count: Int, making: Bool, _ made: inout [Int]) throws -> OpenFile? {
    guard var directory = OpenFile(root, options: .directory) else {
      throw SystemError("searching", root.visible)
    }
    for index in 0..<count {
      let current = directory.descriptor
      var found = Self.open(names[index], in: current)
      if found == nil, Errno.last == .noSuchFileOrDirectory {
        guard making else { return nil }
        if Files.makeDirectory(FilePath(bytes: names[index]), in: current, mode: 0o777) {
          made.append(index)
        } else if Errno.last == .noSuchFileOrDirectory {
          return nil
        } else if Errno.last != .fileExists {
          throw SystemError("making the directory", path(index + 1).visible)
        }
        found = Self.open(names[index], in: current)
      }
      guard let next = found else { throw inTheWay(index, current) }
      if passesRepositories
        ? !passesGitDirectories && Self.isGitDirectory(next.descriptor) : Self.isRepository(next.descriptor)
      {
        throw CloningError.repositoryOnTheWay(path(index + 1))
      }
      directory = next
    }
    return directory
  }

  private func inTheWay(_ index: Int, _ directory: Int32) -> any Error {
    let code = Errno.last
    let shown = path(index + 1).visible
    guard let status = Stat(FilePath(bytes: names[index]), in: directory, followingLinks: false) else {
      return SystemError("searching", shown, code: code)
    }
    return switch status.kind {
    case .link: CloningError.linkOnTheWay(path(index + 1))
    case .directory: SystemError("searching", shown, code: code)
    default: SystemError("searching", shown, code: .notDirectory)
    }
  }

  /// Whether an open directory is a work tree's root, or a bare repository.
  static func isRepository(_ directory: Int32) -> Bool {
    has(".git", directory) || isGitDirectory(directory)
  }

  /// Whether an open directory is where git keeps a repository, such as a bare one.
  private static func isGitDirectory(_ directory: Int32) -> Bool {
    ["HEAD", "objects", "refs"].allSatisfy { has($0, directory) }
  }

  private static func has(_ name: String, _ directory: Int32) -> Bool {
    Stat(name, in: directory, followingLinks: false) != nil
  }

  /// The first of the directories on the way that is a repository already, as a count of names; nil where none is, or
  /// where the way cannot be gone.
  var repositoryOnTheWay: Int? {
    for count in 0..<names.count where count > 0 {
      guard let place = Self.ignoringErrors({ try walk(to: count - 1) }),
        let next = Self.open(names[count - 1], in: place.descriptor)
      else { return nil }
      if Self.isRepository(next.descriptor) { return count }
    }
    return nil
  }
}
