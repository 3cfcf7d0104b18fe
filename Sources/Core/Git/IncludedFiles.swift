import SystemSupport
import ByteStrings
import SystemPackage

/// The files that a configuration includes (git-config(1), INCLUDES), whatever the condition.
///
/// A configuration may include any file of the machine, each of those others, and all of them ten levels deep: few bytes
/// can ask for the same file a billion times.
package enum IncludedFiles {
  /// As many levels as libgit2 and git follow.
  private static let depth = 10

  /// Checks all files that the configuration at `path` includes: their kind, their size, and how many they are.
  static func check(in path: FilePath) throws(GitError) {
    var count = 0
    var bytes = 0
    try check(path, path, level: 0, &count, &bytes)
  }

  private static func check(
    _ path: FilePath, _ first: FilePath, level: Int, _ count: inout Int, _ total: inout Int
  ) throws(GitError) {
    guard let bytes = try? Files.read(path, limit: Limits.configuration) else { return }
    total += bytes.count
    guard total <= Limits.configuration else {
      throw GitDirectoryCheck.refused(
        first.visible, .tooLarge,
        "with the files that it includes it has more than the \(Limits.configuration) bytes that are read")
    }
    guard level < depth else { return }
    for value in values(in: bytes) {
      guard let file = expanded(value, in: path), try GitDirectoryCheck.included(file) > 0 else { continue }
      count += 1
      guard count <= Limits.includedFiles else {
        throw GitDirectoryCheck.refused(
          first.visible, .tooLarge, "it includes more than \(Limits.includedFiles) files")
      }
      try check(file, first, level: level + 1, &count, &total)
    }
  }

  private static func expanded(_ value: [UInt8], in path: FilePath) -> FilePath? {
    guard !value.isEmpty, !value.contains(0) else { return nil }
    if value.starts(with: "~/".utf8) {
      return Environment["HOME"].map {
        FilePath(text: $0).pushing(FilePath(bytes: Array(value.dropFirst(2))))
      }
    }
    return FilePath(bytes: value).absolute(against: path.removingLastComponent())
  }

  /// The values of `path` in sections `include` and `includeIf`; what no parser would take may give some more.
  package static func values(in bytes: [UInt8]) -> [[UInt8]] {
    ConfigurationText.values(of: "path", in: bytes) { section, _ in section.starts(with: "include".utf8) }
      .compactMap { $0 }
  }
}
