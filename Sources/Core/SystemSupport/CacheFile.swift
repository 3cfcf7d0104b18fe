public import SystemPackage

/// A file in the `cache` of a registry: derived from what is elsewhere, or of use to this machine alone, and safe to delete.
///
/// So one that cannot be read, is not a regular file, is larger than any that this version writes, or is of another version counts
/// as none; so does any in a registry of another user, who may have put anything there. It is replaced as a whole, so that readers
/// see the old file or the new one, and without waiting for the disk.
public struct CacheFile: Sendable {
  /// Where it is.
  public let path: FilePath
  private let registry: FilePath
  private let limit: Int
  private let start: [UInt8]

  /// - Parameters:
  ///   - name: its path below `cache`.
  ///   - registry: the registry's directory.
  ///   - limit: the most bytes that it may have.
  ///   - start: what one of this version begins with; nothing where its reader looks at that.
  public init(_ name: String, of registry: FilePath, limit: Int, startingWith start: String = "") {
    path = registry.appending("cache").pushing(FilePath(text: name))
    self.registry = registry
    self.limit = limit
    self.start = Array(start.utf8)
  }

  /// The directory that it is in.
  public var folder: FilePath { path.removingLastComponent() }

  /// Makes the directory that it is in, which is the user's alone.
  ///
  /// - Throws: ``SystemError`` where it cannot be made, and in a registry of another user.
  public func makeFolder() throws(SystemError) {
    guard FileOwner.isOwn(registry) else { throw SystemError("writing", path.visible, code: .notPermitted) }
    try Files.makeDirectory(folder, mode: 0o700)
  }

  /// The bytes behind ``init(_:of:limit:startingWith:)``'s start; nil where there is no file of this version.
  public func read() -> [UInt8]? {
    guard FileOwner.isOwn(registry), let bytes = try? Files.read(path, limit: limit + start.count),
      bytes.starts(with: start)
    else { return nil }
    return start.isEmpty ? bytes : Array(bytes.dropFirst(start.count))
  }

  /// As ``read()``, without a copy in memory: the whole file, which says itself of which version it is.
  public func mapped() -> FileBytes? {
    guard FileOwner.isOwn(registry), let size = Stat(at: path)?.size, size <= limit else { return nil }
    return try? FileBytes(mapping: path)
  }

  /// Replaces it, in a directory that is the user's alone.
  ///
  /// - Throws: ``SystemError`` where it cannot be written, which most callers pass over: the next reader takes longer.
  public func write(_ bytes: [UInt8]) throws(SystemError) {
    try Interruption.postponed { () throws(SystemError) in
      let file = try begin()
      try file.append(start.isEmpty ? bytes : start + bytes)
      try file.finish(durable: false)
    }
  }

  /// Begins a file that is to replace it, for what is too large to be put together in memory. Its start is the caller's to write.
  public func begin() throws(SystemError) -> UnfinishedFile {
    try makeFolder()
    return try UnfinishedFile(replacing: path, mode: 0o600, followingLinks: false)
  }

  /// Whole seconds since it was written; nil where there is none.
  public var age: Int? { Files.age(of: path) }

  /// Removes it.
  public func remove() { Files.remove(path) }

  /// Removes what writers that were killed left in the cache of a registry: in itself, and in the folders that files of one kind
  /// have there.
  public static func removeUnfinished(of registry: FilePath) {
    let cache = registry.appending("cache")
    Files.removeUnfinished(in: cache)
    for name in (try? Files.names(in: cache)) ?? [] {
      let folder = cache.pushing(FilePath(bytes: name))
      guard Files.kind(of: folder, followingLinks: false) == .directory else { continue }
      Files.removeUnfinished(in: folder)
    }
  }
}
