#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import CPlatform
public import SystemPackage

/// An open file or directory, which is closed where this goes out of scope. No program that is started inherits it.
///
/// Where one cannot be opened the initializers return nil, and ``SystemPackage/Errno/last`` is the reason.
public struct OpenFile: ~Copyable, Sendable {
  /// Its descriptor, for as long as this is there.
  public let descriptor: Int32

  /// Stands for the current directory where the descriptor of a directory is asked for (openat(2)).
  public static var currentDirectory: Int32 { AT_FDCWD }

  /// Takes a descriptor over.
  public init(owning descriptor: Int32) { self.descriptor = descriptor }

  /// Opens what is at `path` (open(2)).
  ///
  /// - Parameter mode: the mode of a file that is created, less what umask(2) takes away.
  public init?(
    _ path: FilePath, _ access: FileDescriptor.AccessMode = .readOnly,
    options: FileDescriptor.OpenOptions = [], mode: CInterop.Mode = 0o666
  ) {
    self.init(opened: path.withPlatformString { systemOpen($0, Self.flags(access, options), mode) })
  }

  /// Opens a file by its name in an open directory, or its path relative to that (openat(2)).
  public init?(_ name: String, in directory: Int32, _ options: FileDescriptor.OpenOptions = []) {
    self.init(opened: openat(directory, name, Self.flags(.readOnly, options)))
  }

  /// Opens a file by its path relative to an open directory.
  public init?(_ path: FilePath, in directory: Int32, _ options: FileDescriptor.OpenOptions = []) {
    self.init(opened: path.withPlatformString { openat(directory, $0, Self.flags(.readOnly, options)) })
  }

  private init?(opened descriptor: Int32) {
    if descriptor < 0 { return nil }
    self.descriptor = descriptor
  }

  private static func flags(
    _ access: FileDescriptor.AccessMode, _ options: FileDescriptor.OpenOptions
  ) -> Int32 { access.rawValue | options.rawValue | O_CLOEXEC }

  deinit { _ = close(descriptor) }

  /// Gives the descriptor away: its new owner closes it.
  public consuming func release() -> Int32 {
    let descriptor = descriptor
    discard self
    return descriptor
  }

  /// What fstat(2) says of it; nil where that fails.
  public var status: Stat? { try? Stat(FileDescriptor(rawValue: descriptor)) }

  /// Returns only when what was written to it would survive a power cut.
  ///
  /// - Returns: whether it would; otherwise ``SystemPackage/Errno/last`` is the reason.
  public func synchronize() -> Bool { FileSync.synchronize(descriptor) == nil }
}

/// Waiting for the disk.
public enum FileSync {
  /// Returns only when what was written to a descriptor would survive a power cut.
  ///
  /// - Returns: the reason of a failure; nil without one.
  public static func synchronize(_ descriptor: Int32) -> Errno? {
    while dev_infra_synchronize(descriptor) != 0 { if errno != EINTR { return .last } }
    return nil
  }
}
