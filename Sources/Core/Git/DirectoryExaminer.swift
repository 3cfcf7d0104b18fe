import Glibc
import SystemSupport
import ByteStrings
import SystemPackage

/// A directory that is still to be looked at.
struct SearchItem: Sendable {
  /// Its absolute path.
  let path: [UInt8]
  /// Levels below the root of the search.
  let depth: Int
  /// Whether a directory above it is a repository's work tree.
  let isInWorkTree: Bool
}

/// What a search comes upon.
enum SearchEvent: Sendable {
  case found(RepositoryFinder.Found)
  case warning(RepositoryFinder.Warning)
}

/// Looks at one directory at a time: one pass over its entries, and no system call for any of them unless the file
/// system does not say what they are.
struct DirectoryExaminer: Sendable {
  private let finder: RepositoryFinder
  private let rootLength: Int
  private let excludedNames: [[CChar]]
  private let excludedPaths: [[CChar]]

  init(_ finder: RepositoryFinder, root: FilePath) {
    self.finder = finder
    // Behind the root comes a slash, but for the root of the file system, which is one.
    rootLength = root.bytes == [UInt8(ascii: "/")] ? 1 : root.bytes.count + 1
    excludedNames = finder.excluded.filter { !$0.utf8.contains(UInt8(ascii: "/")) }.map(\.cText)
    excludedPaths = finder.excluded.filter { $0.utf8.contains(UInt8(ascii: "/")) }.map {
      ($0.hasPrefix("/") ? String($0.dropFirst()) : $0).cText
    }
  }

  /// Looks at a directory: tells what it is, and appends what is to be looked at next.
  func examine(_ item: SearchItem, next: inout [SearchItem], events: inout [SearchEvent]) {
    let descriptor = open(cText(item.path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0, let stream = fdopendir(descriptor) else {
      let code = errno
      if descriptor >= 0 { close(descriptor) }
      // It went away, or was replaced, since its name was read.
      if item.depth > 0, code == ENOENT || code == ENOTDIR || code == ELOOP { return }
      events.append(.warning(unsearched(item.path, code)))
      return
    }
    defer { closedir(stream) }

    let listing = list(stream, descriptor)
    if let code = listing.failure { events.append(.warning(unsearched(item.path, code))) }
    var isWorkTree = item.isInWorkTree
    var layout: FilePath?
    if let dotGit = listing.dotGit {
      switch DotGit(dotGit, in: descriptor, path: item.path) {
      case .repository(let kind, let gitDirectory, let foreign):
        isWorkTree = true
        if kind == .bareLayout { layout = gitDirectory }
        if isWanted(kind, item) {
          events.append(
            .found(
              .init(
                path: FilePath(bytes: item.path), kind: kind, gitDirectory: gitDirectory, foreign: foreign)))
        }
        guard finder.nested || finder.submodules || finder.worktrees else { return }
      case .nothing: break
      case .broken(let message, let isIncomplete):
        events.append(
          .warning(.init(path: FilePath(bytes: item.path), message: message, isIncomplete: isIncomplete)))
      }
    } else if listing.hasJujutsu, let found = JujutsuRepository(at: FilePath(bytes: item.path)) {
      isWorkTree = true
      let kind: RepositoryFinder.Kind = found.isMain ? .main : .worktree
      if isWanted(kind, item) {
        events.append(.found(.init(path: found.root, kind: kind, gitDirectory: found.gitDirectory)))
      }
      guard finder.nested || finder.submodules || finder.worktrees else { return }
    } else if listing.looksBare {
      let path = FilePath(bytes: item.path)
      let isForeign =
        !FileOwner.isUser(ofDescriptor: descriptor) && Ownership.looksLikeGitDirectory(path)
        && !SafeDirectories.list(path)
      if isForeign || GitDirectory.isOne(descriptor) {
        if !isForeign, hasWorkTrees(listing, path) {
          if isWanted(.bareLayout, item) {
            events.append(.found(.init(path: path, kind: .bareLayout, gitDirectory: path)))
          }
        } else if isWanted(.bare, item), isForeign || GitDirectory.saysBare(descriptor) != false {
          events.append(
            .found(.init(path: path, kind: .bare, gitDirectory: path, foreign: isForeign ? path : nil)))
        }
        return
      }
    }
    if let maximum = finder.maximumDepth, item.depth >= maximum { return }
    for name in listing.directories where !isExcluded(name, in: item.path) {
      if let layout, FilePath(bytes: child(name, of: item.path)) == layout { continue }
      next.append(
        SearchItem(path: child(name, of: item.path), depth: item.depth + 1, isInWorkTree: isWorkTree))
    }
  }

  /// Whether people work in a bare repository, by its linked worktrees, which may well be inside it.
  private func hasWorkTrees(_ listing: Listing, _ path: FilePath) -> Bool {
    listing.directories.contains { $0.elementsEqual("worktrees".utf8) }
      && !BareLayout.linkedWorkTrees(of: path).isEmpty
  }

  private func isWanted(_ kind: RepositoryFinder.Kind, _ item: SearchItem) -> Bool {
    switch kind {
    case .main, .bareLayout: finder.nested || !item.isInWorkTree
    case .bare: finder.bare && (finder.nested || !item.isInWorkTree)
    case .worktree: finder.worktrees
    case .submodule: finder.submodules
    }
  }

  private func isExcluded(_ name: [UInt8], in directory: [UInt8]) -> Bool {
    if excludedNames.isEmpty, excludedPaths.isEmpty { return false }
    let cName = cText(name)
    if excludedNames.contains(where: { fnmatch($0, cName, 0) == 0 }) { return true }
    if excludedPaths.isEmpty { return false }
    // As in git's pathspecs `*` also stands for slashes.
    let relative = cText(Array(child(name, of: directory).dropFirst(rootLength)))
    return excludedPaths.contains { fnmatch($0, relative, 0) == 0 }
  }

  private func child(_ name: [UInt8], of directory: [UInt8]) -> [UInt8] {
    var path: [UInt8] = []
    path.reserveCapacity(directory.count + name.count + 1)
    path += directory
    if path.last != UInt8(ascii: "/") { path.append(UInt8(ascii: "/")) }
    path += name
    return path
  }

  private func cText(_ bytes: [UInt8]) -> [CChar] {
    [CChar](unsafeUninitializedCapacity: bytes.count + 1) { buffer, count in
      for index in bytes.indices { buffer[index] = CChar(bitPattern: bytes[index]) }
      buffer[bytes.count] = 0
      count = bytes.count + 1
    }
  }

  /// What is told of a directory that was given up.
  func unanswered(_ path: [UInt8]) -> RepositoryFinder.Warning {
    .init(
      path: FilePath(bytes: path),
      message:
        "searching \(FilePath(bytes: path).visible) failed: its file system did not answer for \(Int(Limits.silence)) seconds",
      isIncomplete: true)
  }

  private func unsearched(_ path: [UInt8], _ code: Int32) -> RepositoryFinder.Warning {
    let error = SystemError("searching", FilePath(bytes: path).visible, code: code)
    return .init(
      path: FilePath(bytes: path), message: "\(error.action) \(error.subject) failed: \(error.reason)",
      isIncomplete: true)
  }
}

/// What a directory holds, as far as a search cares.
private struct Listing {
  var directories: [[UInt8]] = []
  /// What `.git` is, where there is one.
  var dotGit: FileKind?
  /// Whether there is a `.jj`.
  var hasJujutsu = false
  /// Whether there are HEAD, objects and refs.
  var looksBare: Bool { marks == 7 }
  fileprivate var marks = 0
  /// The error that ended the reading early.
  var failure: Int32?
}

extension DirectoryExaminer {
  private func list(_ stream: OpaquePointer, _ descriptor: Int32) -> Listing {
    var listing = Listing()
    var count = 0
    while true {
      count += 1
      // A directory of a million entries takes its time, and gets on.
      if count % 1024 == 0 { Watch.sign() }
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { listing.failure = errno }
        return listing
      }
      let name = UnsafeRawPointer(entry).advanced(by: DirectoryEntry.nameOffset)
        .assumingMemoryBound(to: CChar.self)
      switch name[0] {
      case DirectoryEntry.dot:
        if name[1] == 0 || (name[1] == DirectoryEntry.dot && name[2] == 0) { continue }
        if strcmp(name, ".git") == 0 {
          // A link is followed here, as git does.
          listing.dotGit = kind(Int32(entry.pointee.d_type), name, descriptor, followingLinks: true)
          continue
        }
        if strcmp(name, ".jj") == 0 {
          listing.hasJujutsu = true
          continue
        }
        if DirectoryEntry.isOfThePast(name) { continue }
      case DirectoryEntry.upperH: if strcmp(name, "HEAD") == 0 { listing.marks |= 1 }
      case DirectoryEntry.lowerO: if strcmp(name, "objects") == 0 { listing.marks |= 2 }
      case DirectoryEntry.lowerR: if strcmp(name, "refs") == 0 { listing.marks |= 4 }
      default: break
      }
      if kind(Int32(entry.pointee.d_type), name, descriptor, followingLinks: false) == .directory {
        listing.directories.append(
          Array(UnsafeRawBufferPointer(start: name, count: strlen(name))))
      }
    }
  }

  /// What the entry is; only asked of the file system where the directory does not say.
  private func kind(
    _ type: Int32, _ name: UnsafePointer<CChar>, _ directory: Int32, followingLinks: Bool
  ) -> FileKind {
    switch type {
    case Int32(DT_DIR): return .directory
    case Int32(DT_REG): return .file
    case Int32(DT_LNK) where !followingLinks: return .link
    case Int32(DT_LNK), Int32(DT_UNKNOWN):
      var status = stat()
      guard fstatat(directory, name, &status, followingLinks ? 0 : AT_SYMLINK_NOFOLLOW) == 0 else {
        return .link
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: return .directory
      case S_IFREG: return .file
      case S_IFLNK: return .link
      default: return .other
      }
    default: return .other
    }
  }
}

/// Constants of readdir(3)'s entries.
private enum DirectoryEntry {
  static let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 19
  /// What file systems (Btrfs with snapper, NetApp, ZFS) and desktops call the directories in which they keep what was.
  private static let past = [".snapshots", ".snapshot", ".zfs", ".Trash"]

  static func isOfThePast(_ name: UnsafePointer<CChar>) -> Bool {
    past.contains { strcmp(name, $0) == 0 } || strncmp(name, ".Trash-", 7) == 0
  }

  static let dot = CChar(bitPattern: UInt8(ascii: "."))
  static let upperH = CChar(bitPattern: UInt8(ascii: "H"))
  static let lowerO = CChar(bitPattern: UInt8(ascii: "o"))
  static let lowerR = CChar(bitPattern: UInt8(ascii: "r"))
}
