#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

/// The entries of a directory, one after the other (readdir(3)), in no order, without `.` and `..`.
public struct DirectoryEntries: ~Copyable {
  /// An entry, until the next is asked for.
  public struct Entry {
    /// Its name, ended as in C.
    public let name: UnsafePointer<CChar>
    /// What it is; nil where the file system does not say.
    public let kind: FileKind?

    /// The bytes of its name.
    public var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: name, count: strlen(name))) }
  }

  #if canImport(Darwin)
    private let stream: UnsafeMutablePointer<DIR>
  #else
    private let stream: OpaquePointer
  #endif
  /// What ended the reading early.
  public private(set) var failure: Errno?

  /// Opens the directory at `path`; nil where it cannot be opened, for the reason that ``SystemPackage/Errno/last`` is.
  public init?(_ path: FilePath) {
    guard let stream = path.withPlatformString({ opendir($0) }) else { return nil }
    self.stream = stream
  }

  /// Reads an open directory; nil where it is not one.
  public init?(_ directory: consuming OpenFile) {
    guard let stream = fdopendir(directory.descriptor) else { return nil }
    // It belongs to the stream now.
    _ = directory.release()
    self.stream = stream
  }

  deinit { closedir(stream) }

  /// The directory's descriptor, for as long as this is there.
  public var descriptor: Int32 { dirfd(stream) }

  /// The next entry; nil at the end, and where ``failure`` says that it could not be read.
  public mutating func next() -> Entry? {
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { failure = .last }
        return nil
      }
      let name = UnsafeRawPointer(entry).advanced(by: Self.nameOffset).assumingMemoryBound(to: CChar.self)
      if name[0] == Self.dot, name[1] == 0 || (name[1] == Self.dot && name[2] == 0) { continue }
      return Entry(name: name, kind: Self.kind(Int32(entry.pointee.d_type)))
    }
  }

  private static func kind(_ type: Int32) -> FileKind? {
    switch type {
    case Int32(DT_DIR): .directory
    case Int32(DT_REG): .file
    case Int32(DT_LNK): .link
    case Int32(DT_UNKNOWN): nil
    default: .other
    }
  }

  private static let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 19
  private static let dot = CChar(bitPattern: UInt8(ascii: "."))
}
