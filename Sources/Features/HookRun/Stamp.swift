import SystemSupport
import ByteStrings
import SystemPackage

/// What the hook keeps of a repository that it has seen registered: a file below `cache/hooks` of the registry.
///
/// It tells that nothing which registering reads has changed since, by three calls of stat(2). Like all in `cache` it
/// is derived and safe to delete.
struct Stamp: Equatable {
  /// The registry's commit in which the repository is known.
  var commit: String
  /// What the files that registering reads looked like, and which machine this was.
  let files: String
  /// The repository's path, since two paths may share the stamp's name.
  let path: FilePath

  /// The stamp of a repository as it is now.
  init(of place: HookPlace, on machine: String?, commit: String) {
    self.commit = commit
    path = place.path
    let head = place.gitDirectory.appending("HEAD")
    files = [
      FileVersion(of: place.commonDirectory.appending("config")).description,
      FileVersion(of: place.path.appending(".dev-infra.yml")).description,
      Self.isBorn(head, in: place.commonDirectory) ? "born" : "unborn", machine ?? "none",
    ].joined(separator: " ")
  }

  /// Reads a stamp; nil where there is none of this path that can be read.
  init?(registry: FilePath, path: FilePath) {
    guard let bytes = Self.file(of: path, in: registry).read() else { return nil }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
    guard lines.count == 3, lines[2].elementsEqual(path.bytes) else { return nil }
    commit = String(decoding: lines[0], as: UTF8.self)
    files = String(decoding: lines[1], as: UTF8.self)
    self.path = path
  }

  /// Writes it; one that cannot be written costs the next hook time, nothing else.
  func write(in registry: FilePath) {
    try? Self.file(of: path, in: registry).write(Array("\(commit)\n\(files)\n".utf8) + path.bytes)
  }

  private static func file(of path: FilePath, in registry: FilePath) -> CacheFile {
    CacheFile("hooks/\(FNV1a.text(path.bytes))", of: registry, limit: 1 << 16)
  }

  /// Whether the current branch has a commit: a root commit is learnt when there is one. Packed refs count as one.
  private static func isBorn(_ head: FilePath, in common: FilePath) -> Bool {
    guard let bytes = try? Files.read(head, limit: 4096), bytes.starts(with: "ref: ".utf8) else {
      return true
    }
    let name = bytes.dropFirst(5).prefix { $0 != UInt8(ascii: "\n") }
    return Files.kind(of: common.pushing(FilePath(bytes: Array(name)))) != nil
      || Files.kind(of: common.appending("packed-refs")) != nil
  }
}
