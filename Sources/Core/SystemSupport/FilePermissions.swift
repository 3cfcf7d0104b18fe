#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

/// Whose a file is, and what others may do with it.
public struct FilePermissions: Equatable, Sendable {
  /// The user id of its owner.
  public let owner: UInt32
  /// The bits of its mode (chmod(1)).
  public let mode: UInt32

  /// Those of the file at `path`, which a link may lead to.
  public init(of path: FilePath) throws(SystemError) {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else {
      throw SystemError("reading", path.visible)
    }
    owner = status.st_uid
    mode = UInt32(status.st_mode & 0o7777)
  }

  /// The user that this process acts as.
  public static var ownUser: UInt32 { geteuid() }
}
