#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

/// Root that somebody has become by sudo(8) with their own HOME, as `sudo -E` and `sudo -s` leave it.
///
/// What it writes into that home would be root's from then on, and the user could not write their own registry any more. And
/// what the user's files name to be run would be run as root. So it acts as the user, from the start.
public enum Privileges {
  /// Becomes the user who called sudo(8), for good, where `place`, or the nearest directory above it that is there, is
  /// theirs. Does nothing for anybody but such a root.
  ///
  /// - Throws: where that is not allowed, as in some containers: going on would leave root's files there.
  public static func becomeOwner(of place: FilePath?) throws(SystemError) {
    guard geteuid() == 0, let user = number("SUDO_UID"), user != 0, let place, owner(around: place) == user
    else { return }
    // The group of the user as sudo(8) says; none of root's groups is kept.
    var group = number("SUDO_GID") ?? user
    guard setgroups(1, &group) == 0, setgid(group) == 0, setuid(user) == 0
    else { throw SystemError("becoming the user who called sudo, for", place.visible) }
    // What is run by this process is to ask for nobody's rights either.
    unsetenv("SUDO_UID")
    unsetenv("SUDO_GID")
  }

  /// Whether what this process makes at `place` is with its like: false for root where the nearest directory that is there
  /// belongs to another user, as after `su -p` or in a container that has a user's home mounted.
  public static func areRightfulAt(_ place: FilePath) -> Bool {
    geteuid() != 0 || (owner(around: place) ?? 0) == 0
  }

  private static func number(_ name: String) -> UInt32? { Environment[name].flatMap { UInt32($0) } }

  private static func owner(around place: FilePath) -> uid_t? {
    var path = place
    while true {
      var status = stat()
      if path.withPlatformString({ stat($0, &status) }) == 0 { return status.st_uid }
      guard path.lastComponent != nil else { return nil }
      path = path.removingLastComponent()
    }
  }
}
