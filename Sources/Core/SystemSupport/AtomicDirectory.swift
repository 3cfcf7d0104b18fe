#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
public import SystemPackage

/// A directory that appears whole or not at all: it grows in a scratch directory beside its place and is moved
/// there when it is done.
///
/// ``commit()`` or ``abandon()`` has to follow; a process that is killed in between leaves a directory `.dev-infra-…`.
public struct AtomicDirectory {
  /// Where it will be.
  public let target: FilePath
  /// Where it grows: not there yet, on the same file system, and with the target's name.
  public let work: FilePath
  /// A place for whatever else is needed meanwhile; it goes away in the end.
  public let scratch: FilePath
  /// The directories above it that had to be made, the outermost first.
  private let parents: [FilePath]

  /// Prepares for a directory at `target`; nothing is there, or an empty directory.
  ///
  /// - Throws: `EEXIST` and `ENOTEMPTY` for anything else there, and when the scratch directory cannot be made.
  public init(at target: FilePath) throws(SystemError) {
    try Self.requireFree(target)
    self.target = target
    let parent = target.removingLastComponent()
    var missing: [FilePath] = []
    var above = parent
    while Files.kind(of: above, followingLinks: false) == nil, above.lastComponent != nil {
      missing.insert(above, at: 0)
      above = above.removingLastComponent()
    }
    parents = missing
    let scratch = parent.appending(".dev-infra-\(Host.randomHex(6))")
    self.scratch = scratch
    work = target.lastComponent.map { scratch.appending($0) } ?? scratch
    do throws(SystemError) {
      try Files.makeDirectory(parent)
      guard scratch.withPlatformString({ mkdir($0, 0o700) }) == 0 else {
        throw SystemError("making a directory in", parent.visible)
      }
    } catch {
      removeParents()
      throw error
    }
  }

  /// Checks that nothing would be written over: nothing is there, or an empty directory.
  public static func requireFree(_ target: FilePath) throws(SystemError) {
    switch Files.kind(of: target, followingLinks: false) {
    case nil: break
    case .directory:
      if try !Files.names(in: target).isEmpty {
        throw SystemError("making the directory", target.visible, code: .directoryNotEmpty)
      }
    default: throw SystemError("making the directory", target.visible, code: .fileExists)
    }
  }

  /// Moves what has grown to its place.
  public func commit() throws(SystemError) {
    // rename(2) takes the place of an empty directory, and of nothing else that is there.
    try Files.move(work, to: target)
    try? removeScratch()
  }

  /// Clears everything away that was made.
  public func abandon() {
    try? removeScratch()
    removeParents()
  }

  private func removeScratch() throws(SystemError) {
    for attempt in 0... {
      do throws(SystemError) {
        return try Files.removeTree(scratch)
      } catch {
        // Programs that have just been killed may still have been writing.
        if attempt == 20 { throw error }
        Clock.pause(0.02)
      }
    }
  }

  private func removeParents() {
    for parent in parents.reversed() { _ = parent.withPlatformString { rmdir($0) } }
  }
}
