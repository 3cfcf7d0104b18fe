public import SystemSupport
import ByteStrings
import Registry
public import SystemPackage

/// Where commands failed that were run in many checkouts: `cache/failed.json` of the registry, derived and safe to delete.
///
/// A command is remembered by its words, those of its own options left out, and as long as it failed anywhere; the last
/// ``limit`` of them.
public struct FailureMemory: Sendable {
  /// Commands that are remembered.
  static let limit = 16
  /// Bytes of a command that is remembered; a longer one is not.
  static let longestCommand = 1 << 16
  private let file: CacheFile

  /// The memory of the registry in this directory.
  public init(registry: FilePath) { file = CacheFile("failed.json", of: registry, limit: 1 << 24) }

  /// A command, and the ids of the projects that it is to be run in again.
  public struct Entry: Equatable, Sendable {
    /// Its words.
    public let command: [String]
    /// The projects' ids.
    public let failed: [String]
  }

  /// What is remembered, the latest first.
  public var entries: [Entry] {
    guard let bytes = file.read(), let runs = try? JSON.parse(bytes)["runs"]?.array else { return [] }
    return runs.prefix(Self.limit).compactMap { run in
      guard let command = run["command"]?.array, let failed = run["failed"]?.array else { return nil }
      return Entry(
        command: command.compactMap { $0.string.map(Self.decoded) }, failed: failed.compactMap(\.string))
    }
  }

  /// Remembers where `command` failed, in the place of what was known of it; nothing where it failed nowhere.
  ///
  /// - Throws: where that cannot be written.
  public func remember(_ command: [String], failed: [String]) throws(SystemError) {
    let known = entries
    var kept = known.filter { !Self.isSame($0.command, command) }
    if !failed.isEmpty, command.reduce(0, { $0 + $1.utf8.count + 1 }) <= Self.longestCommand {
      kept.insert(Entry(command: command, failed: failed), at: 0)
    }
    if kept == known { return }
    let runs = kept.prefix(Self.limit).map { entry in
      JSON.object([
        "command": .array(entry.command.map { .string(Self.encoded($0)) }),
        "failed": .array(entry.failed.map { .string($0) }),
      ])
    }
    try file.write(JSON.object(["runs": .array(runs)]).canonical)
  }

  /// Whether they are the same words, byte for byte.
  public static func isSame(_ left: [String], _ right: [String]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { $0.hasSameBytes(as: $1) }
  }

  /// A word that is not UTF-8, or looks like one that is quoted, as git quotes it.
  private static func encoded(_ word: String) -> String {
    ByteText.holdsRawBytes(word) || word.begins(with: "\"") ? Quoting.quote(word) : word
  }

  private static func decoded(_ word: String) -> String {
    guard word.begins(with: "\""), let bytes = Quoting.unquote(word.utf8) else { return word }
    return ByteText.string(from: bytes)
  }
}
