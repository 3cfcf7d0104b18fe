#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import CPlatform
import ByteStrings
public import SystemPackage

// Reading from and writing to what is open.
extension Files {
  /// The descriptor of this process that a path stands for, as shells write `/dev/fd/63` for what a command prints (bash(1), "Process
  /// Substitution"); nil for any other path.
  public static func descriptor(namedBy path: FilePath) -> Int32? {
    let text = path.text
    if text.hasSameBytes(as: "/dev/stdin") { return 0 }
    guard let folder = ["/dev/fd/", "/proc/self/fd/"].first(where: text.begins(with:)) else { return nil }
    let digits = text.dropFirst(folder.utf8.count)
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int32(digits)
  }

  /// Fills as much of `buffer` as `descriptor` gives at once.
  ///
  /// - Parameters:
  ///   - offset: where in the file to begin; nil: behind what was read before.
  ///   - name: what to call it in an error.
  /// - Returns: how many bytes it gave; 0 at the end.
  public static func readPiece(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int? = nil, name: String
  ) throws(SystemError) -> Int {
    while true {
      let count =
        if let offset {
          pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
        } else {
          systemRead(descriptor, buffer.baseAddress, buffer.count)
        }
      if count >= 0 { return count }
      if errno != EINTR { throw SystemError("reading", name) }
    }
  }

  /// As ``readPiece(_:into:at:name:)-(_,UnsafeMutableRawBufferPointer,_,_)``, for an array that has the room already.
  public static func readPiece(
    _ descriptor: Int32, into buffer: inout [UInt8], at offset: Int? = nil, name: String
  ) throws(SystemError) -> Int {
    try withUnsafeRest(of: &buffer, from: 0) { (bytes) throws(SystemError) in
      try readPiece(descriptor, into: bytes, at: offset, name: name)
    }
  }

  /// `Array.withUnsafeMutableBytes`, which does not say what its body throws.
  private static func withUnsafeRest(
    of bytes: inout [UInt8], from start: Int,
    _ body: (UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
  ) throws(SystemError) -> Int {
    let result = bytes.withUnsafeMutableBytes { buffer -> Swift.Result<Int, SystemError> in
      do throws(SystemError) {
        return .success(try body(UnsafeMutableRawBufferPointer(rebasing: buffer[start...])))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Exactly `count` bytes of what `descriptor` gives.
  ///
  /// - Parameter ended: the code of the error where it gives fewer.
  public static func readExactly(
    _ count: Int, from descriptor: Int32, at offset: Int? = nil, name: String, ended: Errno
  ) throws(SystemError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let place = offset.map { $0 + filled }
      let read = try withUnsafeRest(of: &bytes, from: filled) { (rest) throws(SystemError) in
        try readPiece(descriptor, into: rest, at: place, name: name)
      }
      guard read > 0 else { throw SystemError("reading", name, code: ended) }
      filled += read
    }
    return bytes
  }

  /// Writes all of `bytes` at a place of an open file.
  ///
  /// - Returns: whether all of it was written.
  public static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = pwrite(
        descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }

  /// Puts the place where the next byte is read or written at `offset`.
  public static func seek(_ descriptor: Int32, to offset: Int, name: String) throws(SystemError) {
    guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { throw SystemError("writing", name) }
  }

  /// Cuts an open file to so many bytes.
  public static func cut(_ descriptor: Int32, to size: Int, name: String) throws(SystemError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw SystemError("writing", name) }
  }

  // MARK: One thing at a place

  /// Makes a directory; that something is there is an error.
  public static func makeNewDirectory(
    _ path: FilePath, mode: CInterop.Mode = 0o777, action: String = "making the directory"
  ) throws(SystemError) {
    guard path.withPlatformString({ mkdir($0, mode) }) == 0 else { throw SystemError(action, path.visible) }
  }

  /// Makes a directory in one that is open (mkdirat(2)); where it cannot, ``SystemPackage/Errno/last`` is the reason.
  public static func makeDirectory(_ name: FilePath, in directory: Int32, mode: CInterop.Mode) -> Bool {
    name.withPlatformString { mkdirat(directory, $0, mode) } == 0
  }

  /// Removes a directory if it is empty.
  public static func removeEmptyDirectory(_ path: FilePath) { _ = path.withPlatformString { rmdir($0) } }

  /// Removes a directory of an open directory if it is empty.
  public static func removeEmptyDirectory(_ name: FilePath, in directory: Int32) {
    _ = name.withPlatformString { unlinkat(directory, $0, AT_REMOVEDIR) }
  }

  /// Moves what an open directory has at one path to another (renameat(2)); where that fails,
  /// ``SystemPackage/Errno/last`` is the reason.
  public static func move(_ path: FilePath, to target: FilePath, in directory: Int32) -> Bool {
    path.withPlatformString { from in target.withPlatformString { renameat(directory, from, directory, $0) } }
      == 0
  }

  /// Sets the bits of a file's mode (chmod(2)).
  public static func setMode(of path: FilePath, to mode: CInterop.Mode) throws(SystemError) {
    guard path.withPlatformString({ chmod($0, mode) }) == 0 else {
      throw SystemError("writing", path.visible)
    }
  }

  /// Whether a program at `path` may be run.
  public static func isExecutable(_ path: FilePath) -> Bool {
    kind(of: path) == .file && path.withPlatformString { access($0, X_OK) } == 0
  }

  /// Makes a symbolic link.
  public static func makeLink(_ path: FilePath, to target: FilePath) throws(SystemError) {
    let made = target.withPlatformString { to in path.withPlatformString { symlink(to, $0) } }
    guard made == 0 else { throw SystemError("making the symbolic link", path.visible) }
  }

  /// Where a symbolic link leads, as it says.
  public static func target(ofLink link: FilePath) throws(SystemError) -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: 4097)
    let count = link.withPlatformString { readlink($0, &buffer, buffer.count) }
    guard count >= 0, count < buffer.count else {
      throw SystemError(
        "reading the symbolic link", link.visible, code: count < 0 ? .last : .fileNameTooLong)
    }
    return buffer[..<count].map { UInt8(bitPattern: $0) }
  }

  /// Where a symbolic link of an open directory leads, as far as `limit` bytes say; nil where it cannot be read.
  public static func target(ofLink name: String, in directory: Int32, limit: Int) -> [UInt8]? {
    var buffer = [CChar](repeating: 0, count: limit)
    let count = readlinkat(directory, name, &buffer, buffer.count)
    return count < 0 ? nil : buffer[..<count].map { UInt8(bitPattern: $0) }
  }
}

/// Files that nobody else can open, and that are gone with their last descriptor.
public enum NamelessFile {
  /// A new one, empty, on the disk that `directory` is on.
  public static func make(in directory: FilePath) throws(SystemError) -> OpenFile {
    #if os(Linux)
      // `O_TMPFILE`, a macro that Swift does not see.
      let withoutName = 0o20000000 | O_DIRECTORY
      let descriptor = directory.withPlatformString { open($0, withoutName | O_RDWR | O_CLOEXEC, 0o600) }
      if descriptor >= 0 { return OpenFile(owning: descriptor) }
      // Not every file system has such files.
      guard [EOPNOTSUPP, EISDIR, EINVAL, ENOENT].contains(errno) else {
        throw SystemError("making a file in", directory.visible)
      }
    #endif
    var path = directory.appending("incoming-XXXXXX").bytes.map { CChar(bitPattern: $0) } + [0]
    let named = dev_infra_temporary_file(&path, O_CLOEXEC)
    guard named >= 0 else { throw SystemError("making a file in", directory.visible) }
    unlink(path)
    return OpenFile(owning: named)
  }

  /// A new one in memory, which a full disk does not keep from being written to.
  public static func inMemory() throws(SystemError) -> OpenFile {
    let descriptor = dev_infra_file_in_memory()
    guard descriptor >= 0 else { throw SystemError("making a file in", "memory") }
    return OpenFile(owning: descriptor)
  }
}
