import SystemSupport
import SystemPackage

/// Git directories, known by what is in them and without libgit2.
enum GitDirectory {
  /// Whether `directory` is a git directory: git's `is_git_directory` (setup.c), that is a HEAD that is one, objects
  /// and refs; the latter two in the common directory, where a file `commondir` names one.
  static func isOne(_ directory: FilePath) -> Bool {
    guard let opened = OpenFile(directory, options: .directory) else { return false }
    return isOne(opened.descriptor)
  }

  /// As ``isOne(_:)-(FilePath)``, for an open directory.
  static func isOne(_ descriptor: Int32) -> Bool {
    guard hasHead(descriptor) else { return false }
    if isDirectory(descriptor, "objects"), isDirectory(descriptor, "refs") { return true }
    guard let common = commonDirectory(of: descriptor) else { return false }
    guard let other = OpenFile(common, in: descriptor, .directory) else { return false }
    return isDirectory(other.descriptor, "objects") && isDirectory(other.descriptor, "refs")
  }

  /// What the file `commondir` of a linked worktree's git directory says, relative to that; nil without one.
  static func commonDirectory(of descriptor: Int32) -> FilePath? {
    guard let bytes = contents(descriptor, "commondir", limit: Limits.smallFile) else { return nil }
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
    return line.isEmpty ? nil : FilePath(bytes: Array(line))
  }

  /// What `core.bare` is in the directory's own configuration; nil where it does not say. This only settles what a search calls
  /// a repository.
  static func saysBare(_ directory: Int32) -> Bool? {
    guard let value = ownSetting("bare", directory) else { return nil }
    guard let value else { return true }
    return ConfigurationText.isTrue(String(decoding: value, as: UTF8.self))
  }

  /// `core.worktree` of the directory's own configuration; nil where it has none.
  ///
  /// libgit2 says which work tree a repository has once it has opened it, and opens what the settings name. This is for git
  /// directories that a search meets, read by descriptor, and before a pointer to one is followed.
  static func namedWorkTree(_ directory: Int32) -> FilePath? {
    guard case .some(.some(let value)) = ownSetting("worktree", directory), !value.isEmpty, !value.contains(0)
    else { return nil }
    return FilePath(bytes: value)
  }

  /// A setting of the section `core` in the directory's own configuration, told by ``ConfigurationText``.
  private static func ownSetting(_ key: String, _ directory: Int32) -> [UInt8]?? {
    guard let shared = contents(directory, "config", limit: 1 << 16) else { return nil }
    if ConfigurationText.hasWorkTreeSettings(shared),
      let own = contents(directory, "config.worktree", limit: 1 << 16),
      let value = ConfigurationText.core(key, in: own)
    {
      return value
    }
    return ConfigurationText.core(key, in: shared)
  }

  /// The git directory of a work tree: its `.git`, or what that leads to where it is a file; nil where it is neither.
  static func ofWorkTree(_ root: FilePath) -> FilePath? {
    let dotGit = root.appending(".git")
    switch Files.kind(of: dotGit) {
    case .directory: return dotGit
    case .file:
      guard let bytes = try? Files.read(dotGit, limit: Limits.smallFile),
        let target = target(ofGitfile: bytes)
      else { return nil }
      // Not freed of `..`: behind a symbolic link they mean what the system takes them for.
      return target.isAbsolute ? target : root.pushing(target)
    default: return nil
    }
  }

  /// The git directory that a gitfile's bytes name (gitrepository-layout(5)), relative to the file's directory; nil
  /// where it is not a gitfile.
  static func target(ofGitfile bytes: [UInt8]) -> FilePath? {
    let start = Array("gitdir: ".utf8)
    guard bytes.starts(with: start) else { return nil }
    var path = bytes[start.count...]
    while let last = path.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { path.removeLast() }
    return path.isEmpty || path.contains(0) ? nil : FilePath(bytes: Array(path))
  }

  /// The bytes of a small file in an open directory; nil where it cannot be read, is not a regular file or is larger
  /// than `limit`.
  static func contents(_ directory: Int32, _ name: String, limit: Int) -> [UInt8]? {
    guard let status = Stat(name, in: directory), status.kind == .file, status.size <= limit,
      let file = OpenFile(name, in: directory, .nonBlocking)
    else { return nil }
    let descriptor = file.descriptor
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.size) + 1) { buffer, count in
      count = (try? Files.readPiece(descriptor, into: UnsafeMutableRawBufferPointer(buffer), name: name)) ?? 0
    }
    // One that has just grown is read in part only.
    return bytes.isEmpty || bytes.count > status.size ? nil : bytes
  }

  /// Whether HEAD names a ref or an object, by the rule of git's `validate_headref`.
  private static func hasHead(_ directory: Int32) -> Bool {
    guard let status = Stat("HEAD", in: directory, followingLinks: false) else { return false }
    if status.kind == .link {
      return Files.target(ofLink: "HEAD", in: directory, limit: 256)?.starts(with: "refs/".utf8) ?? false
    }
    guard let head = contents(directory, "HEAD", limit: 4096) else { return false }
    if head.starts(with: "ref:".utf8) {
      return head.dropFirst(4).drop { $0 == 0x20 || (0x09...0x0D).contains($0) }.starts(with: "refs/".utf8)
    }
    return head.count >= 40
      && head[..<40].allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || (0x41...0x46).contains($0)
      }
  }

  private static func isDirectory(_ directory: Int32, _ name: String) -> Bool {
    Stat(name, in: directory)?.kind == .directory
  }
}
