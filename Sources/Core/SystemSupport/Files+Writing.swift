#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

// Writing files, and seeing to it that what is written survives a power cut.
extension Files {
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
  /// - Parameters:
  ///   - durable: whether to return only when the new file would survive a power cut.
  ///   - mode: the new file's mode; without one it keeps the mode of the file it replaces.
  ///   - followingLinks: whether the file that a symbolic link names is replaced, or the link itself.
  public static func replace(
    _ path: FilePath, with bytes: [UInt8], durable: Bool = true, mode: CInterop.Mode? = nil,
    followingLinks: Bool = true
  ) throws(SystemError) {
    try Interruption.postponed { () throws(SystemError) in
      let file = try UnfinishedFile(replacing: path, mode: mode, followingLinks: followingLinks)
      // In a folder of the user's nobody else does it.
      file.clearLeftovers()
      try file.append(bytes)
      try file.finish(durable: durable)
    }
  }

  /// Removes what ``UnfinishedFile`` left in a directory where its process was killed.
  ///
  /// - Parameter age: seconds since it was last written to that tell it from one that somebody is about to finish.
  public static func removeUnfinished(in directory: FilePath, olderThan age: Int = 60 * 60) {
    let start = Array(UnfinishedFile.start.utf8)
    for name in (try? names(in: directory)) ?? []
    where name.starts(with: start) && name.count == start.count + 6 {
      let path = directory.pushing(FilePath(bytes: name))
      if kind(of: path, followingLinks: false) == .file, self.age(of: path) ?? 0 >= age { remove(path) }
    }
  }

  static func currentMask() -> mode_t {
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
}
