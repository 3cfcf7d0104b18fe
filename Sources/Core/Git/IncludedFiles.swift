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
  static func check(in path: FilePath) throws(GitError) { try visit(path) { _ in } }

  /// Whether a file that a configuration includes, or one that this includes, names a directory of hooks by a relative path; also
  /// where nobody can say.
  static func mayNameRelativeHooks(_ path: FilePath) -> Bool {
    isThere(from: path) { bytes in
      ConfigurationText.allOfCore("hookspath", in: bytes).contains { $0.map { !isAbsolute($0) } ?? false }
    }
  }

  /// Whether a file that a configuration includes, or one that this includes, has one of some sections, or one of some keys of `core`;
  /// also where nobody can say.
  static func have(sections names: Set<String>, core keys: [String], from path: FilePath) -> Bool {
    isThere(from: path) { bytes in
      var isFound = false
      _ = ConfigurationText.values(of: "path", in: bytes) { section, _ in
        isFound = isFound || names.contains(String(decoding: section, as: UTF8.self))
        return false
      }
      return isFound || keys.contains { ConfigurationText.core($0, in: bytes) != nil }
    }
  }

  private static func isThere(from path: FilePath, _ judge: ([UInt8]) -> Bool) -> Bool {
    var isFound = false
    do throws(GitError) {
      guard try GitDirectoryCheck.included(path) > 0 else { return false }
      try visit(path) { bytes in
        isFound = isFound || judge(bytes) || values(in: bytes).contains { isForGit($0) }
      }
    } catch {
      return true
    }
    return isFound
  }

  private static func isAbsolute(_ value: [UInt8]) -> Bool {
    value.isEmpty || value[0] == UInt8(ascii: "/") || value[0] == UInt8(ascii: "~")
      || value.starts(with: "%(prefix)/".utf8)
  }

  /// Hands over the bytes of a configuration and of all that it includes.
  private static func visit(_ path: FilePath, _ look: ([UInt8]) -> Void) throws(GitError) {
    var count = 0
    var bytes = 0
    try visit(path, path, level: 0, &count, &bytes, look)
  }

  private static func visit(
    _ path: FilePath, _ first: FilePath, level: Int, _ count: inout Int, _ total: inout Int,
    _ look: ([UInt8]) -> Void
  ) throws(GitError) {
    guard let bytes = try? Files.read(path, limit: Limits.configuration) else { return }
    total += bytes.count
    guard total <= Limits.configuration else {
      throw GitDirectoryCheck.refused(
        first.visible, .tooLarge,
        "with the files that it includes it has more than the \(Limits.configuration) bytes that are read")
    }
    look(bytes)
    guard level < depth else { return }
    for value in values(in: bytes) {
      guard let file = expanded(value, in: path), try GitDirectoryCheck.included(file) > 0 else { continue }
      count += 1
      guard count <= Limits.includedFiles else {
        throw GitDirectoryCheck.refused(
          first.visible, .tooLarge, "it includes more than \(Limits.includedFiles) files")
      }
      try visit(file, first, level: level + 1, &count, &total, look)
    }
  }

  /// Whether git alone knows which file is meant: `~user/`, `%(prefix)/`.
  static func isForGit(_ value: [UInt8]) -> Bool {
    value.starts(with: "%(prefix)/".utf8)
      || value.first == UInt8(ascii: "~") && !value.starts(with: "~/".utf8)
  }

  /// The file that is meant; nil where git alone knows.
  static func expanded(_ value: [UInt8], in path: FilePath) -> FilePath? {
    guard !value.isEmpty, !value.contains(0), !isForGit(value) else { return nil }
    if value.starts(with: "~/".utf8) {
      return Environment["HOME"].map {
        FilePath(text: $0).pushing(FilePath(bytes: Array(value.dropFirst(2))))
      }
    }
    return FilePath(bytes: value).absolute(against: path.removingLastComponent())
  }

  /// The values of `path` in sections `include` and `includeIf`; text that a parser would refuse may give
  /// extra ones.
  package static func values(in bytes: [UInt8]) -> [[UInt8]] {
    ConfigurationText.values(of: "path", in: bytes) { section, _ in section.starts(with: "include".utf8) }
      .compactMap { $0 }
  }
}
