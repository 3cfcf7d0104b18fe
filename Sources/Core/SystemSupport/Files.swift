#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

/// What a path names.
public enum FileKind: Sendable {
  /// A regular file.
  case file
  /// A directory.
  case directory
  /// A symbolic link (only seen when links are not followed).
  case link
  /// A device, pipe or socket.
  case other
}

/// Whole-file operations, each checked, with the reason of every failure.
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
  /// as long ago, since only a clock that was set back explains it.
  public static func age(of path: FilePath) -> Int? {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else { return nil }
    let age = time(nil) - status.modified.tv_sec
    return age < 0 ? .max : age
  }

  /// What stat(2) says of a file or directory: another one, or one written to since, says otherwise.
  public static func fileSignature(of path: FilePath) -> String {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else { return "none" }
    return
      "\(status.st_dev):\(status.st_ino):\(status.st_size):\(status.modified.tv_sec).\(status.modified.tv_nsec)"
  }

  /// The bytes of the file at `path`.
  ///
  /// - Parameter limit: the most bytes that are taken; a larger file fails with `EFBIG`.
  public static func read(_ path: FilePath, limit: Int = .max) throws(SystemError) -> [UInt8] {
    let (descriptor, size) = try openFile(path)
    defer { close(descriptor) }
    Trace.report(.read(path))
    guard size <= limit else { throw SystemError("reading", path.visible, code: .fileTooLarge) }
    return try read(descriptor, name: path.visible, limit: limit, expecting: size)
  }

  /// The first `count` bytes of the file at `path`, or all that it has.
  public static func readStart(of path: FilePath, count: Int) throws(SystemError) -> [UInt8] {
    let (descriptor, _) = try openFile(path)
    defer { close(descriptor) }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      var result = 0
      repeat {
        result = systemRead(descriptor, buffer.baseAddress, count)
      } while result < 0 && errno == EINTR
      failure = result < 0 ? errno : 0
      filled = max(0, result)
    }
    guard failure == 0 else { throw SystemError("reading", path.visible, code: Errno(rawValue: failure)) }
    return bytes
  }

  /// Calls `body` with one piece of the file at `path` after the other, until it returns false.
  ///
  /// - Parameter size: the bytes of a piece; the last may have fewer.
  public static func readPieces(
    of path: FilePath, size: Int, _ body: (UnsafeRawBufferPointer) -> Bool
  ) throws(SystemError) {
    let (descriptor, _) = try openFile(path)
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = systemRead(descriptor, buffer.baseAddress, size)
      if count < 0 {
        if errno == EINTR { continue }
        throw SystemError("reading", path.visible)
      }
      if count == 0 || !body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { return }
    }
  }

  /// Opens a regular file; anything else is not opened, since with a device that alone may have effects.
  static func openFile(_ path: FilePath) throws(SystemError) -> (descriptor: Int32, size: Int) {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else {
      throw SystemError("reading", path.visible)
    }
    func requireFile() throws(SystemError) {
      guard status.st_mode & S_IFMT == S_IFREG else {
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        if isDirectory { throw SystemError("reading", path.visible, code: .isDirectory) }
        throw SystemError(reading: path.visible, isNotAFile: .invalidArgument)
      }
    }
    try requireFile()
    let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw SystemError("reading", path.visible) }
    do throws(SystemError) {
      guard fstat(descriptor, &status) == 0 else { throw SystemError("reading", path.visible) }
      try requireFile()
    } catch {
      close(descriptor)
      throw error
    }
    return (descriptor, Int(status.st_size))
  }

  /// Everything that `descriptor` still gives.
  ///
  /// - Parameters:
  ///   - name: what to call it in an error.
  ///   - limit: the most bytes that are taken; more fails with `EFBIG`.
  ///   - expecting: the size to make room for at first.
  public static func read(
    _ descriptor: Int32, name: String, limit: Int = .max, expecting: Int = 0
  ) throws(SystemError) -> [UInt8] {
    var chunk = max(4096, min(expecting, 1 << 26))
    var bytes: [UInt8] = []
    while true {
      var failure: Int32 = 0
      var count = 0
      // The room is not cleared before it is written to: for a large file that would take as long as reading it.
      let more = [UInt8](unsafeUninitializedCapacity: chunk) { buffer, filled in
        repeat {
          count = systemRead(descriptor, buffer.baseAddress, chunk)
        } while count < 0 && errno == EINTR
        failure = errno
        filled = max(0, count)
      }
      guard count >= 0 else { throw SystemError("reading", name, code: Errno(rawValue: failure)) }
      if count == 0 { return bytes }
      if bytes.isEmpty { bytes = more } else { bytes += more }
      guard bytes.count <= limit else { throw SystemError("reading", name, code: .fileTooLarge) }
      // Of most files that was all.
      chunk = bytes.count == expecting ? 4096 : 65536
    }
  }

  /// Writes all of `bytes` to `descriptor`.
  public static func write(_ bytes: [UInt8], to descriptor: Int32, name: String) throws(SystemError) {
    var offset = 0
    while offset < bytes.count {
      var failure: Int32 = 0
      let count = bytes.withUnsafeBytes { buffer in
        let result = systemWrite(descriptor, buffer.baseAddress?.advanced(by: offset), bytes.count - offset)
        failure = errno
        return result
      }
      if count < 0 {
        if failure == EINTR { continue }
        throw SystemError("writing", name, code: Errno(rawValue: failure))
      }
      offset += count
    }
  }

  /// Replaces the file at `path` with `bytes`: readers see the old file or the new one, whole.
  ///
  /// A symbolic link is followed, so that the file it names is replaced.
  ///
  /// - Parameters:
  ///   - durable: whether to return only when the new file would survive a power cut.
  ///   - mode: the new file's mode; without one it keeps the mode of the file it replaces.
  public static func replace(
    _ path: FilePath, with bytes: [UInt8], durable: Bool = true, mode: CInterop.Mode? = nil
  ) throws(SystemError) {
    let target = path.resolved ?? path
    let folder = target.removingLastComponent()
    var template =
      (folder.isEmpty ? FilePath(".") : folder).appending(".dev-infra-XXXXXX").bytes
      .map { CChar(bitPattern: $0) } + [0]
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw SystemError("writing", path.visible) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    let temporary = template.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { FilePath(platformString: $0) } ?? FilePath()
    }
    var done = false
    defer { if !done { remove(temporary) } }
    do {
      defer { close(descriptor) }
      var status = stat()
      let exists = target.withPlatformString { stat($0, &status) } == 0
      let mask = exists ? 0 : currentMask()
      guard fchmod(descriptor, mode ?? (exists ? status.st_mode & 0o7777 : 0o666 & ~mask)) == 0 else {
        throw SystemError("writing", path.visible)
      }
      try write(bytes, to: descriptor, name: path.visible)
      if durable, let code = FileSync.synchronize(descriptor) {
        throw SystemError("writing", path.visible, code: code)
      }
    }
    guard rename(temporary, to: target) else { throw SystemError("replacing", path.visible) }
    done = true
    Trace.report(.replaced(path))
    if durable { try synchronize(folder.isEmpty ? FilePath(".") : folder) }
  }

  /// Removes what ``replace(_:with:durable:)`` left in a directory where its process was killed.
  ///
  /// - Parameter age: seconds since it was last written to that tell it from one that somebody is about to finish.
  public static func removeUnfinished(in directory: FilePath, olderThan age: Int) {
    let start = Array(".dev-infra-".utf8)
    for name in (try? names(in: directory)) ?? []
    where name.starts(with: start) && name.count == start.count + 6 {
      let path = directory.pushing(FilePath(bytes: name))
      if kind(of: path, followingLinks: false) == .file, self.age(of: path) ?? 0 >= age { remove(path) }
    }
  }

  private static func currentMask() -> mode_t {
    let mask = umask(0o077)
    umask(mask)
    return mask
  }

  /// Returns only when the directory's entries would survive a power cut.
  public static func synchronize(_ directory: FilePath) throws(SystemError) {
    let descriptor = directory.withPlatformString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw SystemError("opening", directory.visible) }
    defer { close(descriptor) }
    if let code = FileSync.synchronize(descriptor) {
      throw SystemError("writing", directory.visible, code: code)
    }
  }

  /// Returns only when a directory, all that is in it, and their bytes would survive a power cut.
  public static func synchronizeTree(_ directory: FilePath) throws(SystemError) {
    for name in try names(in: directory) {
      let path = directory.pushing(FilePath(bytes: name))
      switch kind(of: path, followingLinks: false) {
      case .directory: try synchronizeTree(path)
      case .file: try synchronizeFile(path)
      default: break
      }
    }
    try synchronize(directory)
  }

  /// Returns only when the bytes of a file would survive a power cut.
  public static func synchronizeFile(_ path: FilePath) throws(SystemError) {
    let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw SystemError("opening", path.visible) }
    defer { close(descriptor) }
    if let code = FileSync.synchronize(descriptor) { throw SystemError("writing", path.visible, code: code) }
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

extension stat {
  /// When it was last written to, under the name that the system has for that.
  fileprivate var modified: timespec {
    #if canImport(Darwin)
      st_mtimespec
    #else
      st_mtim
    #endif
  }
}
