#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

// Reading files.
extension Files {
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
}
