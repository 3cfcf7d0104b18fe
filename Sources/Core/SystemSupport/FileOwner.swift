#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

/// Whether a file's owner is the user.
public enum FileOwner {
  // Asked for every repository of a search.
  private static let user = geteuid()

  /// The number of the user who started this process, whomever it acts as.
  public static var callingUser: UInt32 { getuid() }

  /// Whether `owner` is the user that this process acts for; under sudo(8) also the one who called that, as with git
  /// (`is_path_owned_by_current_uid`).
  public static func isUser(_ owner: UInt32) -> Bool {
    if owner == user { return true }
    guard user == 0, let caller = Environment["SUDO_UID"].flatMap({ UInt32($0) }) else { return false }
    return owner == caller
  }

  /// Whether what is at `path` belongs to the user that this process acts for; also where nothing is there.
  public static func isOwn(_ path: FilePath) -> Bool {
    var status = stat()
    return path.withPlatformString { stat($0, &status) } != 0 || status.st_uid == geteuid()
  }

  /// Whether an open file or directory is the user's.
  public static func isUser(ofDescriptor descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && isUser(status.st_uid)
  }

  /// Whether a file of an open directory, and where it leads if it is a symbolic link, is the user's.
  public static func isUser(of name: String, in directory: Int32) -> Bool {
    var status = stat()
    guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0, isUser(status.st_uid) else {
      return false
    }
    guard status.st_mode & S_IFMT == S_IFLNK else { return true }
    return fstatat(directory, name, &status, 0) == 0 && isUser(status.st_uid)
  }
}
