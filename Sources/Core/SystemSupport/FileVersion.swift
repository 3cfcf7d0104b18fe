#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

/// What tells one content of a file or directory from the next without reading it: another one, or one that was written to since, has
/// another version. Nothing at a path has a version too.
public struct FileVersion: Hashable, Sendable, CustomStringConvertible {
  private var device: UInt64 = 0
  private var number: UInt64 = 0
  private var size: Int64 = -1
  private var modified = Time()
  private var changed = Time()

  private struct Time: Hashable {
    var seconds: Int64 = 0
    var nanoseconds: Int64 = 0

    init() {}

    init(_ time: timespec) { (seconds, nanoseconds) = (Int64(time.tv_sec), Int64(time.tv_nsec)) }
  }

  /// The version of what is at `path`, or a link there leads to.
  public init(of path: FilePath) {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else { return }
    (device, number, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
    modified = Time(status.modified)
    changed = Time(status.changed)
  }

  /// Whether a directory that had this version had another one after each change of what it holds, from `now` on: its file system is one of
  /// this computer that keeps such times, and the last change was not within the time that it may not tell apart. What is not there
  /// is known by that.
  ///
  /// - Parameter now: milliseconds since 1970.
  func tellsChanges(of directory: FilePath, since now: Int64) -> Bool {
    if size < 0 { return true }
    let last = max(modified.seconds, changed.seconds)
    return last * 1000 + 3000 < now && FileSystem(at: directory)?.tellsChanges ?? false
  }

  /// In one word: `DEVICE:NUMBER:SIZE:MODIFIED:CHANGED`, or `none`.
  public var description: String {
    size < 0
      ? "none"
      : "\(device):\(number):\(size):\(modified.seconds).\(modified.nanoseconds):\(changed.seconds).\(changed.nanoseconds)"
  }
}

extension stat {
  /// When it was last written to, under the name that the system has for that.
  var modified: timespec {
    #if canImport(Darwin)
      st_mtimespec
    #else
      st_mtim
    #endif
  }

  /// When anything of it was last changed, under the name that the system has for that.
  fileprivate var changed: timespec {
    #if canImport(Darwin)
      st_ctimespec
    #else
      st_ctim
    #endif
  }
}
