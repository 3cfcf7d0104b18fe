#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

/// What is done to whole files and directories, each call checked, with the reason of every failure.
public enum Files {
  /// What `path` names, or nil where nothing is there or it cannot be looked at.
  public static func kind(of path: FilePath, followingLinks: Bool = true) -> FileKind? {
    var status = stat()
    let result = path.withPlatformString { followingLinks ? stat($0, &status) : lstat($0, &status) }
    guard result == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .directory
    case S_IFLNK: return .link
    default: return .other
    }
  }

  /// Whether nothing has this name: as against what cannot be looked at just now, on a server or a disk that fails.
  public static func isMissing(_ path: FilePath, followingLinks: Bool = true) -> Bool {
    var status = stat()
    let result = path.withPlatformString { followingLinks ? stat($0, &status) : lstat($0, &status) }
    return result != 0 && (errno == ENOENT || errno == ENOTDIR)
  }

  /// Whole seconds since the file at `path` was last written; nil where it is not there. A time in the future counts
  /// as long ago, since only a clock that was set back explains it; but for less than a minute, by which a file server's clock may be
  /// ahead, and a kernel that stamps files more finely than time(2) counts.
  public static func age(of path: FilePath) -> Int? {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else { return nil }
    let age = time(nil) - status.modified.tv_sec
    return age <= -60 ? .max : max(0, age)
  }

  /// The bytes of the file at `path`; nil where it is not there.
  public static func size(of path: FilePath) -> Int? {
    var status = stat()
    return path.withPlatformString({ stat($0, &status) }) == 0 ? Int(status.st_size) : nil
  }

  /// Removes the file at `path`; that it is not there is no error.
  public static func remove(_ path: FilePath) { _ = path.withPlatformString { unlink($0) } }

  /// Moves what is at `path` to `target` on the same file system, in the place of a file or an empty directory there.
  ///
  /// - Parameter action: what is being done, for an error about `target`.
  public static func move(
    _ path: FilePath, to target: FilePath, action: String = "making"
  ) throws(SystemError) {
    guard rename(path, to: target) else { throw SystemError(action, target.visible) }
  }

  /// As ``move(_:to:action:)``; where that fails, ``SystemPackage/Errno/last`` is the reason.
  public static func rename(_ path: FilePath, to target: FilePath) -> Bool {
    path.withPlatformString { from in target.withPlatformString { systemRename(from, $0) } } == 0
  }

  /// Makes the directory `path` and those above it that are missing.
  public static func makeDirectory(_ path: FilePath, mode: CInterop.Mode = 0o777) throws(SystemError) {
    if path.withPlatformString({ mkdir($0, mode) }) == 0 || errno == EEXIST {
      guard kind(of: path) == .directory else {
        throw SystemError("making the directory", path.visible, code: .notDirectory)
      }
      return
    }
    guard errno == ENOENT, path.lastComponent != nil else {
      throw SystemError("making the directory", path.visible)
    }
    try makeDirectory(path.removingLastComponent(), mode: mode)
    guard path.withPlatformString({ mkdir($0, mode) }) == 0 || errno == EEXIST else {
      throw SystemError("making the directory", path.visible)
    }
  }

  /// Removes a directory and all that is in it. Symbolic links are removed, not followed.
  public static func removeTree(_ path: FilePath) throws(SystemError) {
    if kind(of: path, followingLinks: false) == .directory {
      for name in try names(in: path) { try removeTree(path.pushing(FilePath(bytes: name))) }
      guard path.withPlatformString({ rmdir($0) }) == 0 else { throw SystemError("removing", path.visible) }
    } else if path.withPlatformString({ unlink($0) }) != 0, errno != ENOENT {
      throw SystemError("removing", path.visible)
    }
  }

  /// The bytes of the files in a directory and those below it, as far as they can be read; links are not followed.
  public static func size(below directory: FilePath) -> Int {
    var size = 0
    for name in (try? names(in: directory)) ?? [] {
      let path = directory.pushing(FilePath(bytes: name))
      guard let status = Stat(at: path, followingLinks: false) else { continue }
      if status.kind == .directory { size += self.size(below: path) }
      if status.kind == .file { size += Int(status.size) }
    }
    return size
  }

  /// The names in a directory, without `.` and `..`, in no order.
  public static func names(in directory: FilePath) throws(SystemError) -> [[UInt8]] {
    guard let stream = directory.withPlatformString({ opendir($0) }) else {
      throw SystemError("reading the directory", directory.visible)
    }
    defer { closedir(stream) }
    var names: [[UInt8]] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
    }
    return names
  }
}
