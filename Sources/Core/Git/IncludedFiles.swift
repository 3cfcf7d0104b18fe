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
    var values: [[UInt8]] = []
    var isIncluding = false
    var line = LineReader(bytes)
    while var rest = line.next() {
      rest = rest.drop { isBlank($0) }
      if rest.first == UInt8(ascii: "[") {
        let name = rest.dropFirst().prefix { isLetter($0) }.map { $0 | 0x20 }
        isIncluding = name.starts(with: "include".utf8)
        var isQuoted = false
        // A setting may follow the header on its line.
        guard
          let end = rest.indices.first(where: { index in
            if rest[index] == UInt8(ascii: "\""), rest[index - 1] != UInt8(ascii: "\\") { isQuoted.toggle() }
            return rest[index] == UInt8(ascii: "]") && !isQuoted
          })
        else { continue }
        rest = rest[(end + 1)...].drop { isBlank($0) }
      }
      guard isIncluding, rest.prefix(4).map({ $0 | 0x20 }) == Array("path".utf8) else { continue }
      rest = rest.dropFirst(4).drop { isBlank($0) }
      guard rest.first == UInt8(ascii: "=") else { continue }
      values.append(value(rest.dropFirst().drop { isBlank($0) }))
    }
    return values
  }

  /// A value without its quotes, escapes and comment.
  private static func value(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var value: [UInt8] = []
    var isQuoted = false
    var isEscaped = false
    for byte in text {
      if isEscaped {
        value.append(byte)
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if !isQuoted, byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") {
        break
      } else {
        value.append(byte)
      }
    }
    while !isQuoted, let last = value.last, isBlank(last) { value.removeLast() }
    return value
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

  /// Lines, of which one that ends in a backslash goes on in the next.
  private struct LineReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
      rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    }

    mutating func next() -> ArraySlice<UInt8>? {
      guard !rest.isEmpty else { return nil }
      var line = take()
      while line.last == UInt8(ascii: "\\"), !rest.isEmpty { line = line.dropLast() + take() }
      return line
    }

    private mutating func take() -> ArraySlice<UInt8> {
      let line = rest.prefix { $0 != UInt8(ascii: "\n") }
      rest = rest.dropFirst(line.count + 1)
      return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }
  }
}
