#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

extension Files {
  /// Calls `body` with the bytes of the file at `path`, which are not copied: for a file that is only ever replaced,
  /// since one that is cut short meanwhile ends the process.
  public static func withMapping<Result>(
    of path: FilePath, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let (descriptor, count) = try openFile(path)
    defer { close(descriptor) }
    // Nothing cannot be mapped.
    if count == 0 { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE | populated, descriptor, 0),
      start != MAP_FAILED
    else { throw SystemError("reading", path.visible) }
    defer { munmap(start, count) }
    return try body(UnsafeRawBufferPointer(start: start, count: count))
  }
}

/// Has the system read the file at once, where it can.
private let populated: Int32 = {
  #if os(Linux)
    MAP_POPULATE
  #else
    0
  #endif
}()
