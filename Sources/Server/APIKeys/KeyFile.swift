import ByteStrings
import SystemSupport
import Registry
public import SystemPackage

/// The file with a server's keys: `daemon/keys` in the registry's directory, a line each, for its owner's eyes only.
public struct KeyFile: Sendable {
  /// Where it is.
  public let path: FilePath
  private let registry: FilePath

  private static let header = "# dev-infra daemon keys 1"
  private static let limit = 1 << 20

  /// The file of the registry at `registry`.
  public init(registry: FilePath) {
    self.registry = registry
    path = registry.pushing("daemon/keys")
  }

  /// The keys, in the order of their making; none where there is no file.
  ///
  /// - Throws: ``APIKeyError`` where the file is not what this toolset writes, or others may write to it.
  public func read() throws -> [KeyEntry] {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try Files.read(path, limit: Self.limit)
    } catch {
      if error.isMissing { return [] }
      throw error
    }
    guard let status = Stat(at: path), status.modeBits & 0o022 == 0 else {
      throw APIKeyError.untrustedFile(path)
    }
    var lines = String(decoding: bytes, as: UTF8.self).split(at: "\n", omittingEmptySubsequences: false)
    guard lines.first == Self.header[...], lines.last == "" else { throw damaged(line: 1) }
    lines.removeLast()
    return try lines.enumerated().dropFirst().map { number, line in
      guard let entry = KeyEntry(line: line) else { throw damaged(line: number + 1) }
      return entry
    }
  }

  /// Makes a key and keeps its digest.
  ///
  /// - Returns: the key, which cannot be had again.
  public func add(_ name: String, _ access: KeyAccess) throws -> String {
    guard KeyEntry.isName(name) else { throw APIKeyError.unusableName(name) }
    let key = "di_" + Host.randomHex(32)
    try change { entries in
      guard !entries.contains(where: { $0.name == name }) else { throw APIKeyError.nameTaken(name) }
      let now = Timestamp(milliseconds: Clock.nowMilliseconds)
      entries.append(KeyEntry(name: name, access: access, created: now, digest: KeyDigest(of: key.utf8)))
    }
    return key
  }

  /// Ends a key: from now on it opens nothing.
  public func revoke(_ name: String) throws {
    try change { entries in
      guard let index = entries.firstIndex(where: { $0.name == name }) else {
        throw APIKeyError.unknownName(name)
      }
      entries.remove(at: index)
    }
  }

  private func change(_ body: (inout [KeyEntry]) throws -> Void) throws {
    let lock = try FileLock(registry.appending("dev-infra.lock"), timeout: 60)
    defer { _ = lock.isHeld }
    try Files.makeDirectory(path.removingLastComponent())
    try Files.synchronize(registry)
    var entries = try read()
    try body(&entries)
    let text = ([Self.header] + entries.map(\.line)).map { $0 + "\n" }.joined()
    try Files.replace(path, with: Array(text.utf8), mode: 0o600)
  }

  private func damaged(line: Int) -> APIKeyError { .damagedFile(path, line: line) }
}
