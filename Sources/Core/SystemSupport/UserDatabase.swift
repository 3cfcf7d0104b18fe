#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import ByteStrings
import SystemPackage

/// What the system knows of its users, for executables that are linked statically: getpwuid(3) would load whatever
/// nsswitch.conf(5) names into them, made for another C library perhaps.
enum UserDatabase {
  /// The user's home directory by passwd(5), or getent(1) where users come from elsewhere.
  static func home(of user: uid_t) -> FilePath? {
    #if canImport(Darwin)
      // Nothing is linked statically there, and users are in no file.
      return getpwuid(user)?.pointee.pw_dir.map { FilePath(platformString: $0) }
    #else
      if let file = try? Files.read("/etc/passwd", limit: 1 << 24), let home = home(of: user, in: file) {
        return home
      }
      guard let answer = try? ChildProcess("getent", ["passwd", String(user)]).run() else { return nil }
      return home(of: user, in: answer.output)
    #endif
  }

  static func home(of user: uid_t, in lines: [UInt8]) -> FilePath? {
    for line in lines.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      if fields.count == 7, fields[2].elementsEqual(String(user).utf8), !fields[5].isEmpty {
        return FilePath(bytes: Array(fields[5]))
      }
    }
    return nil
  }
}
