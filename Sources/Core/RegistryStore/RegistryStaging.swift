import SystemSupport
import ByteStrings
import SystemPackage

/// A directory beside a registry's place in which one is being made, until it is moved there.
///
/// The process that makes it holds its lock, and so tells others that it has not been left behind by a process that was killed.
struct RegistryStaging: ~Copyable {
  /// Where it is being made.
  let directory: FilePath
  /// Nil on a file system that cannot lock a directory; there nobody removes it either.
  private let lock: FileLock?

  /// Makes the directory, empty and for nobody else to read.
  ///
  /// - Parameter target: where the registry will be.
  init(beside target: FilePath) throws(SystemError) {
    while true {
      let directory = target.removingLastComponent().appending(Self.prefix(target) + Host.randomHex(4))
      do throws(SystemError) {
        try Files.makeNewDirectory(directory, mode: 0o700)
      } catch {
        if error.code == .fileExists { continue }
        throw error
      }
      let lock = FileLock(directory: directory)
      if lock == nil { Clock.pause(0.02) }
      // Another process may have taken it for left behind before it was locked.
      guard Files.kind(of: directory) != nil else { continue }
      self.directory = directory
      self.lock = lock
      return
    }
  }

  /// Removes what processes left behind that were killed while they made a registry at `target`. Failing to remove
  /// something is not an error.
  static func clearLeft(beside target: FilePath) {
    let parent = target.removingLastComponent()
    let start = Array(prefix(target).utf8)
    for name in (try? Files.names(in: parent)) ?? [] where name.starts(with: start) {
      guard name.count == start.count + 8, name.dropFirst(start.count).allSatisfy(Self.isDigit) else {
        continue
      }
      let left = parent.pushing(FilePath(bytes: name))
      guard let lock = FileLock(directory: left) else { continue }
      try? Files.removeTree(left)
      _ = lock.isHeld
    }
  }

  private static func prefix(_ target: FilePath) -> String { "\(target.lastComponent?.string ?? "").new-" }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }

  /// Always true: naming it keeps the lock to the end of a scope.
  var isHeld: Bool { true }
}
