#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

extension Stat {
  /// What stat(2), or without following links lstat(2), says of what is at `path`; nil where it cannot be looked at.
  public init?(at path: FilePath, followingLinks: Bool = true) {
    do { self = try Stat(path, followTargetSymlink: followingLinks) } catch { return nil }
  }

  /// What fstatat(2) says of a name in an open directory; nil where it cannot be looked at, for the reason that
  /// ``SystemPackage/Errno/last`` is.
  public init?(_ name: String, in directory: Int32, followingLinks: Bool = true) {
    let status = name.withCString { Stat($0, in: directory, followingLinks: followingLinks) }
    guard let status else { return nil }
    self = status
  }

  /// As ``init(_:in:followingLinks:)``, for a path relative to the directory.
  public init?(_ path: FilePath, in directory: Int32, followingLinks: Bool = true) {
    let flags: Flags = followingLinks ? [] : .symlinkNoFollow
    do { self = try Stat(path, relativeTo: FileDescriptor(rawValue: directory), flags: flags) } catch {
      return nil
    }
  }

  /// As ``init(_:in:followingLinks:)``, for a C string.
  public init?(_ name: UnsafePointer<CChar>, in directory: Int32, followingLinks: Bool) {
    let flags: Flags = followingLinks ? [] : .symlinkNoFollow
    do { self = try Stat(name, relativeTo: FileDescriptor(rawValue: directory), flags: flags) } catch {
      return nil
    }
  }

  /// What it is.
  public var kind: FileKind {
    switch type {
    case .regular: .file
    case .directory: .directory
    case .symbolicLink: .link
    default: .other
    }
  }

  /// The user id of its owner.
  public var owner: UInt32 { UInt32(userID.rawValue) }

  /// The bits that chmod(1) sets.
  public var modeBits: CInterop.Mode { mode.rawValue & 0o7777 }

  /// When it was last written to, since 1970.
  public var modified: Duration {
    .seconds(Int64(st_mtim.tv_sec)) + .nanoseconds(Int64(st_mtim.tv_nsec))
  }

  /// Whether both are of one file.
  public func isSameFile(as other: Stat) -> Bool { deviceID == other.deviceID && inode == other.inode }
}

extension Files {
  /// Whether two paths lead to one file or directory.
  public static func isSame(_ one: FilePath, _ other: FilePath) -> Bool {
    guard let first = Stat(at: one), let second = Stat(at: other) else { return false }
    return first.isSameFile(as: second)
  }
}
