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
      ($0.begins(with: "/") ? String($0.dropFirst()) : $0).cText
    }
  }

  /// Looks at a directory: tells what it is, and appends what is to be looked at next.
  func examine(_ item: SearchItem, next: inout [SearchItem], events: inout [SearchEvent]) {
    let opened = OpenFile(FilePath(bytes: item.path), options: [.directory, .noFollow])
    guard let opened, var entries = DirectoryEntries(opened) else {
      let code = Errno.last
      // It went away, or was replaced, since its name was read.
      if item.depth > 0,
        code == .noSuchFileOrDirectory || code == .notDirectory || code == .tooManySymbolicLinkLevels
      {
        return
      }
      events.append(.warning(unsearched(item.path, code)))
      return
    }
    let descriptor = entries.descriptor

    let listing = list(&entries)
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

  /// Whether people work in a bare repository: it has linked worktrees, which may well be inside it.
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
    if excludedNames.contains(where: { Wildcards.match($0, cName) }) { return true }
    if excludedPaths.isEmpty { return false }
    // As in git's pathspecs `*` also stands for slashes.
    let relative = cText(Array(child(name, of: directory).dropFirst(rootLength)))
    return excludedPaths.contains { Wildcards.match($0, relative) }
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

  /// What is reported of a directory that was given up.
  func unanswered(_ path: [UInt8]) -> RepositoryFinder.Warning {
    .init(
      path: FilePath(bytes: path),
      message:
        "searching \(FilePath(bytes: path).visible) failed: its file system did not answer for \(Int(Limits.silence)) seconds",
      isIncomplete: true)
  }

  private func unsearched(_ path: [UInt8], _ code: Errno) -> RepositoryFinder.Warning {
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
  var failure: Errno?
}

extension DirectoryExaminer {
  private func list(_ entries: inout DirectoryEntries) -> Listing {
    let descriptor = entries.descriptor
    var listing = Listing()
    var count = 0
    while true {
      count += 1
      // A directory of a million entries takes long, and makes progress.
      if count % 1024 == 0 { Watch.sign() }
      guard let entry = entries.next() else {
        listing.failure = entries.failure
        return listing
      }
      let name = entry.name
      switch name[0] {
      case DirectoryEntry.dot:
        if CStrings.areEqual(name, ".git") {
          // A link is followed here, as git does.
          listing.dotGit = kind(entry, descriptor, followingLinks: true)
          continue
        }
        if CStrings.areEqual(name, ".jj") {
          listing.hasJujutsu = true
          continue
        }
        if DirectoryEntry.isOfThePast(name) { continue }
      case DirectoryEntry.upperH: if CStrings.areEqual(name, "HEAD") { listing.marks |= 1 }
      case DirectoryEntry.lowerO: if CStrings.areEqual(name, "objects") { listing.marks |= 2 }
      case DirectoryEntry.lowerR: if CStrings.areEqual(name, "refs") { listing.marks |= 4 }
      default: break
      }
      if kind(entry, descriptor, followingLinks: false) == .directory {
        listing.directories.append(entry.bytes)
      }
    }
  }

  /// What the entry is; only asked of the file system where the directory does not say.
  private func kind(
    _ entry: DirectoryEntries.Entry, _ directory: Int32, followingLinks: Bool
  ) -> FileKind {
    if let kind = entry.kind, kind != .link || !followingLinks { return kind }
    return Stat(entry.name, in: directory, followingLinks: followingLinks)?.kind ?? .link
  }
}

/// Names that are looked for among the entries of a directory.
private enum DirectoryEntry {
  /// What file systems (Btrfs with snapper, NetApp, ZFS) and desktops call the directories in which they keep what was.
  private static let past = [".snapshots", ".snapshot", ".zfs", ".Trash"]

  static func isOfThePast(_ name: UnsafePointer<CChar>) -> Bool {
    past.contains { CStrings.areEqual(name, $0) } || CStrings.begins(name, with: ".Trash-")
  }

  static let dot = CChar(bitPattern: UInt8(ascii: "."))
  static let upperH = CChar(bitPattern: UInt8(ascii: "H"))
  static let lowerO = CChar(bitPattern: UInt8(ascii: "o"))
  static let lowerR = CChar(bitPattern: UInt8(ascii: "r"))
}
