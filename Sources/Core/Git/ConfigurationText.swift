import SystemSupport

/// What a file of git's configuration says (git-config(1), CONFIGURATION FILE), read without a library.
///
/// To read settings, libgit2 opens files, included ones too, and git has to be started. This is for what has to be known before
/// either may happen: which other files would be opened, and what a search calls a repository that nobody has looked at yet. Includes
/// are not followed.
package enum ConfigurationText {
  /// The values of a key, in their order; nil for one without `=`. Text that a parser would refuse may give
  /// extra values.
  ///
  /// - Parameters:
  ///   - key: in lower case.
  ///   - isWanted: judges a section by its name, in lower case, and whether it has a subsection.
  package static func values(
    of key: String, in bytes: [UInt8], where isWanted: (_ section: [UInt8], _ hasSubsection: Bool) -> Bool
  ) -> [[UInt8]?] {
    let key = Array(key.utf8)
    var values: [[UInt8]?] = []
    var isInside = false
    var line = LineReader(bytes)
    while var rest = line.next() {
      rest = rest.drop { isBlank($0) }
      if rest.first == UInt8(ascii: "[") {
        let name = rest.dropFirst().prefix { isLetter($0) }.map { $0 | 0x20 }
        var isQuoted = false
        // A setting may follow the header on its line.
        guard
          let end = rest.indices.first(where: { index in
            if rest[index] == UInt8(ascii: "\""), rest[index - 1] != UInt8(ascii: "\\") { isQuoted.toggle() }
            return rest[index] == UInt8(ascii: "]") && !isQuoted
          })
        else {
          isInside = isWanted(name, true)
          continue
        }
        isInside = isWanted(name, rest[..<end].count > name.count + 1)
        rest = rest[(end + 1)...].drop { isBlank($0) }
      }
      guard isInside, rest.prefix(key.count).map({ $0 | 0x20 }) == key else { continue }
      rest = rest.dropFirst(key.count).drop { isBlank($0) }
      switch rest.first {
      case UInt8(ascii: "="): values.append(value(rest.dropFirst().drop { isBlank($0) }))
      case nil, UInt8(ascii: "#"), UInt8(ascii: ";"): values.append(nil)
      default: continue
      }
    }
    return values
  }

  /// The value of a key of the section `core`: the last one, as it is the one that counts. The first nil is for none, the second for
  /// one without `=`.
  static func core(_ key: String, in bytes: [UInt8]) -> [UInt8]?? {
    allOfCore(key, in: bytes).last
  }

  /// All values of a key of the section `core`, in their order; nil for one without `=`.
  static func allOfCore(_ key: String, in bytes: [UInt8]) -> [[UInt8]?] {
    values(of: key, in: bytes) { $0 == Array("core".utf8) && !$1 }
  }

  /// Whether a work tree may have settings of its own, in `config.worktree` (git-worktree(1), CONFIGURATION FILE). git asks for no
  /// format of the repository for that.
  static func hasWorkTreeSettings(_ bytes: [UInt8]) -> Bool {
    let value = values(of: "worktreeconfig", in: bytes) { $0 == Array("extensions".utf8) && !$1 }.last
    return value.map { $0.map { isTrue(String(decoding: $0, as: UTF8.self)) } ?? true } ?? false
  }

  /// Whether a value that is there is a true boolean to git.
  static func isTrue(_ value: String) -> Bool {
    let word = value.lowercased()
    return ["true", "yes", "on"].contains(word) || Int(word).map { $0 != 0 } ?? false
  }

  /// A value without its quotes, escapes and comment.
  private static func value(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var value: [UInt8] = []
    var isQuoted = false
    var isEscaped = false
    // Blanks at the end are not the value's, unless they stand in quotes.
    var length = 0
    for byte in text {
      if isEscaped {
        value.append(escapes[byte] ?? byte)
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
        continue
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
        continue
      } else if !isQuoted, byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") {
        break
      } else {
        value.append(byte)
        if !isQuoted, isBlank(byte) { continue }
      }
      length = value.count
    }
    return Array(value.prefix(length))
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "n"): 0x0A, UInt8(ascii: "t"): 0x09, UInt8(ascii: "b"): 0x08,
  ]

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
