import Glibc
import SystemSupport
import SystemPackage

/// Git directories, told by what lies in them and without libgit2.
enum GitDirectory {
  /// Whether `directory` is a git directory: git's `is_git_directory` (setup.c), that is a HEAD that is one, objects
  /// and refs; the latter two in the common directory, where a file `commondir` names one.
  static func isOne(_ directory: FilePath) -> Bool {
    let descriptor = directory.withPlatformString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return isOne(descriptor)
  }

  /// As ``isOne(_:)-(FilePath)``, for an open directory.
  static func isOne(_ descriptor: Int32) -> Bool {
    guard hasHead(descriptor) else { return false }
    if isDirectory(descriptor, "objects"), isDirectory(descriptor, "refs") { return true }
    guard let common = commonDirectory(of: descriptor) else { return false }
    let other = common.withPlatformString { openat(descriptor, $0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard other >= 0 else { return false }
    defer { close(other) }
    return isDirectory(other, "objects") && isDirectory(other, "refs")
  }

  /// What the file `commondir` of a linked worktree's git directory says, relative to that; nil without one.
  static func commonDirectory(of descriptor: Int32) -> FilePath? {
    guard let bytes = contents(descriptor, "commondir", limit: Limits.smallFile) else { return nil }
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
    return line.isEmpty ? nil : FilePath(bytes: Array(line))
  }

  /// What `core.bare` is in the directory's own configuration; nil where it does not say. As plain as git writes it:
  /// this only settles what a search calls a repository.
  static func saysBare(_ directory: Int32) -> Bool? {
    guard let bytes = contents(directory, "config", limit: 1 << 16) else { return nil }
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let words = String(decoding: line, as: UTF8.self).lowercased().split { " \t=\r".contains($0) }
      if words.count == 2, words[0] == "bare" { return words[1] == "true" }
    }
    return nil
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
    var status = stat()
    guard fstatat(directory, name, &status, 0) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size <= limit
    else { return nil }
    let descriptor = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size) + 1) { buffer, count in
      count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
    }
    // One that has just grown is read in part only.
    return bytes.isEmpty || bytes.count > status.st_size ? nil : bytes
  }

  /// Whether HEAD names a ref or an object, as git's `validate_headref` has it.
  private static func hasHead(_ directory: Int32) -> Bool {
    var status = stat()
    guard fstatat(directory, "HEAD", &status, AT_SYMLINK_NOFOLLOW) == 0 else { return false }
    if status.st_mode & S_IFMT == S_IFLNK {
      var target = [CChar](repeating: 0, count: 256)
      let count = readlinkat(directory, "HEAD", &target, target.count)
      return count >= 5 && target[..<count].starts(with: "refs/".utf8.map { CChar(bitPattern: $0) })
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
    var status = stat()
    return fstatat(directory, name, &status, 0) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
