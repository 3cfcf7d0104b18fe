public import SystemSupport
public import SystemPackage

/// The file of ``Uses`` in a registry: `cache/uses`. It belongs to this machine, goes to no remote, and is safe to delete.
public struct UseFile: Sendable {
  private let registry: FilePath

  /// The file of the registry in this directory.
  public init(registry: FilePath) { self.registry = registry }

  private var file: CacheFile { CacheFile("uses", of: registry, limit: Uses.sizeLimit) }

  /// What it holds; nothing where there is none, or none that can be read.
  public func read() -> Uses {
    file.read().flatMap { Uses($0) } ?? Uses()
  }

  /// Changes it: under a lock, so that nothing gets lost where several do it at once, and as a whole, so that readers see the old
  /// file or the new one.
  ///
  /// - Throws: ``SystemError`` where it cannot be written, and where the lock is not free within two seconds.
  public func change(_ body: (inout Uses) -> Void) throws(SystemError) {
    try file.makeFolder()
    let lock = try FileLock(registry.pushing("cache/uses.lock"), timeout: 2)
    defer { _ = lock.isHeld }
    let old = read()
    var uses = old
    body(&uses)
    uses.age()
    if uses != old { try file.write(uses.bytes) }
  }

  /// Notes a use of each of these projects, now. That it cannot be written keeps nobody from getting there.
  public func note(_ ids: [String]) {
    do {
      try change { uses in
        for id in ids { uses.note(Array(id.utf8), at: Self.now) }
      }
    } catch {
      Trace.report(.note("the use is not counted: \(error)"))
    }
  }

  /// The second that it is.
  public static var now: Int { Int(Clock.nowMilliseconds / 1000) }
}
