#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

/// Bytes of a file, as it was when it was opened, or of what will be one; or a part of them. Copies share the bytes.
///
/// A mapped file is not copied into memory of this process, which for megabytes takes longer than to look through them.
public struct FileBytes: Sendable {
  @usableFromInline
  final class Mapping: Sendable {
    @usableFromInline nonisolated(unsafe) let start: UnsafeMutableRawPointer
    let count: Int

    init(_ start: UnsafeMutableRawPointer, count: Int) {
      self.start = start
      self.count = count
    }

    deinit { munmap(start, count) }
  }

  @usableFromInline
  enum Storage: Sendable {
    case memory([UInt8])
    case mapped(Mapping)
  }

  @usableFromInline let storage: Storage
  @usableFromInline let bounds: Range<Int>

  @inlinable
  init(_ storage: Storage, _ bounds: Range<Int>) {
    self.storage = storage
    self.bounds = bounds
  }

  /// Bytes in memory.
  public init(_ bytes: [UInt8]) { self.init(.memory(bytes), 0..<bytes.count) }

  /// The bytes of the file at `path`: for a file that is only ever replaced, since one that is cut short meanwhile ends the
  /// process.
  public init(mapping path: FilePath) throws(SystemError) {
    let (descriptor, count) = try Files.openFile(path)
    defer { close(descriptor) }
    Trace.report(.read(path))
    try self.init(mapping: descriptor, count: count, name: path.visible)
  }

  /// The first `count` bytes of an open file.
  init(mapping descriptor: Int32, count: Int, name: String) throws(SystemError) {
    // Nothing cannot be mapped.
    guard count > 0 else {
      self.init([])
      return
    }
    guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
      start != MAP_FAILED
    else { throw SystemError("reading", name) }
    self.init(.mapped(Mapping(start, count: count)), 0..<count)
  }

  /// Bytes that a process may keep in its memory.
  private static let small = 16 << 20

  /// How many there are.
  @inlinable
  public var count: Int { bounds.count }

  /// Those in a range, which counts from the first.
  @inlinable
  public subscript(range: Range<Int>) -> FileBytes {
    precondition(range.upperBound <= count)
    return FileBytes(storage, (bounds.lowerBound + range.lowerBound)..<(bounds.lowerBound + range.upperBound))
  }

  /// Calls `body` with them; they stay where they are for as long.
  @inlinable
  @inline(__always)
  public func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    switch storage {
    case .memory(let bytes):
      try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[bounds])) }
    case .mapped(let mapping):
      try withExtendedLifetime(mapping) {
        try body(UnsafeRawBufferPointer(start: mapping.start + bounds.lowerBound, count: bounds.count))
      }
    }
  }

  /// As ``withUnsafeBytes(_:)``.
  @inlinable
  @inline(__always)
  public func withUnsafeBufferPointer<Result>(
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    try withUnsafeBytes { try $0.withMemoryRebound(to: UInt8.self, body) }
  }

  /// Gives back the memory of those in a range, for as long as nobody asks for them again: then they are read again.
  ///
  /// For callers that go through a whole mapped file. Bytes that are only in memory stay, and so do those of a small file: reading
  /// it again takes as long as searching it.
  public func release(_ range: Range<Int>) {
    guard case .mapped(let mapping) = storage, mapping.count > Self.small else { return }
    let page = Int(getpagesize())
    let start = (bounds.lowerBound + range.lowerBound + page - 1) / page * page
    let end = (bounds.lowerBound + range.upperBound) / page * page
    if start < end { madvise(mapping.start + start, end - start, MADV_DONTNEED) }
  }

  /// Calls `body` with copies of them, a piece after the other. What has been passed is not kept in memory.
  public func eachPiece(of size: Int = 1 << 20, _ body: ([UInt8]) throws -> Void) rethrows {
    for start in stride(from: 0, to: count, by: size) {
      let range = start..<min(start + size, count)
      try body(self[range].array)
      release(range)
    }
  }

  /// A copy of them.
  public var array: [UInt8] {
    if case .memory(let bytes) = storage, bounds.count == bytes.count { return bytes }
    return withUnsafeBytes { Array($0) }
  }
}
