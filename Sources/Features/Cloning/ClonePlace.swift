import Glibc
import SystemSupport
import SystemPackage

/// A place for one clone, which comes to be whole or not at all.
///
/// The place is reached from a directory that the user chose, name by name, and never through a symbolic link: what lies
/// below that directory may have come with an earlier clone. Each directory on the way is opened in the one before
/// (openat(2), `O_NOFOLLOW`) and made there (mkdirat(2)). The clone grows in a scratch directory beside its place. While
/// that is there none of the directories on the way is empty, so no other clone can take the place of one of them:
/// rename(2) replaces empty directories only.
final class ClonePlace {
  /// Where git is to clone to: not there yet.
  let work: FilePath
  private let route: Route
  private let parent: Int32
  private let scratch: FilePath
  private let scratchName: String
  /// The directories above the root that had to be made, the outermost first, and how many names below it.
  private let made: (above: [FilePath], below: [Int])

  /// Makes what is missing on the way, and the scratch directory.
  ///
  /// - Throws: `EEXIST` and `ENOTEMPTY` where something is there already, and ``CloningError`` for what is in the way.
  init(_ task: CloneTask) throws {
    let above = Self.missing(task.root)
    var below: [Int] = []
    var opened: Int32 = -1
    var way: Route?
    do {
      try Files.makeDirectory(task.root)
      let route = try Route(task)
      way = route
      let parent = try route.walk(making: &below)
      opened = parent
      try Self.requireFree(route.name, in: parent, task.target)
      let name = ".dev-infra-\(Host.randomHex(6))"
      guard mkdirat(parent, name, 0o700) == 0 else {
        throw SystemError("making a directory in", route.parentPath.visible)
      }
      guard Self.isSame(parent, route.parentPath) else {
        _ = unlinkat(parent, name, AT_REMOVEDIR)
        throw CloningError.replacedMeanwhile(route.parentPath)
      }
      self.route = route
      self.parent = parent
      scratchName = name
      scratch = route.parentPath.appending(name)
      work = scratch.pushing(FilePath(bytes: route.name))
      made = (above, below)
    } catch {
      if opened >= 0 { close(opened) }
      Self.remove(way, (above, below))
      throw error
    }
  }

  deinit { close(parent) }

  /// Whether the place has a directory that holds a repository: nothing is made to find out.
  static func holdsRepository(_ task: CloneTask) throws -> Bool {
    guard Files.kind(of: task.root) == .directory else { return false }
    let route = try Route(task)
    guard let parent = try route.walk() else { return false }
    defer { close(parent) }
    let descriptor = Route.open(route.name, in: parent)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var status = stat()
    return fstatat(descriptor, ".git", &status, AT_SYMLINK_NOFOLLOW) == 0
  }

  /// Whether git has brought all of it, and only what came after failed: it makes the index when every file is there.
  var isWhole: Bool {
    let git = work.appending(".git")
    return Files.kind(of: git.appending("index"), followingLinks: false) == .file
      && Files.kind(of: git.appending("index.lock"), followingLinks: false) == nil
  }

  /// Moves the clone to its place.
  func commit() throws {
    let name = route.name.map { CChar(bitPattern: $0) } + [0]
    let from = Array("\(scratchName)/".utf8).map { CChar(bitPattern: $0) } + name
    guard Files.kind(of: work, followingLinks: false) == .directory else {
      throw SystemError("making", route.target.visible, code: ENOTDIR)
    }
    guard renameat(parent, from, parent, name) == 0 else { throw SystemError("making", route.target.visible) }
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
        usleep(20_000)
      }
    }
  }

  private static func remove(_ route: Route?, _ made: (above: [FilePath], below: [Int])) {
    for count in made.below.reversed() {
      guard let route, let parent = (try? route.walk(to: count)) ?? nil else { continue }
      _ = unlinkat(parent, Route.cText(route.names[count]), AT_REMOVEDIR)
      close(parent)
    }
    for path in made.above.reversed() { _ = path.withPlatformString { rmdir($0) } }
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
    var status = stat()
    guard fstatat(parent, Route.cText(name), &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      if errno == ENOENT { return }
      throw SystemError("making the directory", target.visible)
    }
    let descriptor = Route.open(name, in: parent)
    guard descriptor >= 0, let stream = fdopendir(descriptor) else {
      if descriptor >= 0 { close(descriptor) }
      throw SystemError("making the directory", target.visible, code: EEXIST)
    }
    defer { closedir(stream) }
    var count = 0
    while readdir(stream) != nil { count += 1 }
    if count > 2 { throw SystemError("making the directory", target.visible, code: ENOTEMPTY) }
  }

  private static func isSame(_ descriptor: Int32, _ path: FilePath) -> Bool {
    var (one, other) = (stat(), stat())
    return fstat(descriptor, &one) == 0 && path.withPlatformString { lstat($0, &other) } == 0
      && one.st_dev == other.st_dev && one.st_ino == other.st_ino
  }
}

/// The way to a clone's place: a directory with its links resolved, and the names below it.
struct Route {
  let root: FilePath
  let names: [[UInt8]]
  private let passesRepositories: Bool

  /// - Throws: where the root is not a directory.
  init(_ task: CloneTask) throws {
    passesRepositories = task.isRestored
    let (root, below) = task.isRestored ? Self.userPart(of: task.target) : (task.root, task.below)
    guard let resolved = root.resolved, Files.kind(of: resolved) == .directory else {
      throw SystemError("searching", root.visible, code: ENOTDIR)
    }
    self.root = resolved
    names = below.components.map { FilePath(root: nil, [$0]).bytes }
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

  static func cText(_ name: [UInt8]) -> [CChar] { name.map { CChar(bitPattern: $0) } + [0] }

  /// Opens a directory in another one, which is no link.
  static func open(_ name: [UInt8], in directory: Int32) -> Int32 {
    openat(directory, cText(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
  }

  /// Opens the directory that the clone goes into, and makes what is missing on the way.
  ///
  /// - Parameter made: which of the names were made.
  func walk(making made: inout [Int]) throws -> Int32 {
    var attempt = 0
    while true {
      if let descriptor = try walk(to: names.count - 1, making: true, &made) { return descriptor }
      // An empty directory on the way was just replaced by a clone.
      attempt += 1
      if attempt == 3 { throw SystemError("making the directory", parentPath.visible, code: ENOENT) }
    }
  }

  /// As ``walk(making:)``, and makes nothing; nil where something on the way is missing.
  func walk(to count: Int? = nil) throws -> Int32? {
    var none: [Int] = []
    return try walk(to: count ?? (names.count - 1), making: false, &none)
  }

  private func walk(to count: Int, making: Bool, _ made: inout [Int]) throws -> Int32? {
    var directory = root.withPlatformString { Glibc.open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard directory >= 0 else { throw SystemError("searching", root.visible) }
    for index in 0..<count {
      let current = directory
      defer { close(current) }
      var next = Self.open(names[index], in: current)
      if next < 0, errno == ENOENT {
        guard making else { return nil }
        if mkdirat(current, Self.cText(names[index]), 0o777) == 0 {
          made.append(index)
        } else if errno == ENOENT {
          return nil
        } else if errno != EEXIST {
          throw SystemError("making the directory", path(index + 1).visible)
        }
        next = Self.open(names[index], in: current)
      }
      guard next >= 0 else { throw inTheWay(index, current) }
      if !passesRepositories, Self.isRepository(next) {
        close(next)
        throw CloningError.repositoryOnTheWay(path(index + 1))
      }
      directory = next
    }
    return directory
  }

  private func inTheWay(_ index: Int, _ directory: Int32) -> any Error {
    let code = errno
    let shown = path(index + 1).visible
    var status = stat()
    guard fstatat(directory, Self.cText(names[index]), &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      return SystemError("searching", shown, code: code)
    }
    return switch status.st_mode & S_IFMT {
    case S_IFLNK: CloningError.linkOnTheWay(path(index + 1))
    case S_IFDIR: SystemError("searching", shown, code: code)
    default: SystemError("searching", shown, code: ENOTDIR)
    }
  }

  /// Whether an open directory is a work tree's root, or a bare repository.
  static func isRepository(_ directory: Int32) -> Bool {
    var status = stat()
    func has(_ name: String) -> Bool { fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 }
    return has(".git") || (has("HEAD") && has("objects") && has("refs"))
  }

  /// The first of the directories on the way that is a repository already, as a count of names; nil where none is, or
  /// where the way cannot be gone.
  var repositoryOnTheWay: Int? {
    for count in 0..<names.count where count > 0 {
      guard let descriptor = (try? walk(to: count - 1)) ?? nil else { return nil }
      defer { close(descriptor) }
      let next = Self.open(names[count - 1], in: descriptor)
      guard next >= 0 else { return nil }
      defer { close(next) }
      if Self.isRepository(next) { return count }
    }
    return nil
  }
}
