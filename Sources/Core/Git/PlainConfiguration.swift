import ByteStrings

/// A repository's configuration file that is written as git and everybody writes it: section headers, and one
/// `variable = value` a line.
///
/// It is read by hand where a thousand repositories are read: libgit2 takes ten system calls for each file.
struct PlainConfiguration {
  /// Keys normalised, in the file's order.
  private(set) var entries: [(key: String, value: String)] = []

  /// Nil for anything out of the ordinary: quotes and escapes in values, continued lines, files that are included,
  /// extensions, a work tree that lies elsewhere, a format of another version, a bare repository, and whatever is no
  /// configuration at all. libgit2 reads those.
  init?(_ bytes: [UInt8]) {
    var section = ""
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let line = Self.trimmed(line)
      guard let first = line.first else { continue }
      switch first {
      case UInt8(ascii: "#"), UInt8(ascii: ";"): continue
      case UInt8(ascii: "["):
        guard let header = Self.section(line) else { return nil }
        section = header
      default:
        guard !section.isEmpty, let (name, value) = Self.setting(line) else { return nil }
        let key = section + "." + name
        guard Self.isPlain(key, value) else { return nil }
        entries.append((key, value))
      }
    }
  }

  private static func isPlain(_ key: String, _ value: String) -> Bool {
    switch key {
    case "core.repositoryformatversion": value == "0"
    case "core.bare": value == "false"
    case "core.worktree": false
    default: !key.hasPrefix("include") && !key.hasPrefix("extensions.")
    }
  }

  /// `[section]` or `[section "subsection"]` and nothing else.
  private static func section(_ line: ArraySlice<UInt8>) -> String? {
    guard line.last == UInt8(ascii: "]") else { return nil }
    let inner = line.dropFirst().dropLast()
    let name = inner.prefix { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    guard !name.isEmpty else { return nil }
    let lower = lowercased(name)
    let rest = inner.dropFirst(name.count)
    if rest.isEmpty { return lower }
    let quoted = rest.dropFirst(2).dropLast()
    guard rest.starts(with: " \"".utf8), rest.count >= 3, rest.last == UInt8(ascii: "\""), !quoted.isEmpty,
      !quoted.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") || $0 == 0 })
    else { return nil }
    return lower + "." + ByteText.string(from: quoted)
  }

  private static func setting(_ line: ArraySlice<UInt8>) -> (name: String, value: String)? {
    let name = line.prefix { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    guard let first = name.first, isLetter(first) else { return nil }
    let rest = trimmed(line.dropFirst(name.count))
    guard rest.first == UInt8(ascii: "=") else { return nil }
    let value = trimmed(rest.dropFirst())
    // Quotes, escapes and comments are libgit2's to read.
    let special = "\"\\#;".utf8
    guard !value.contains(where: { special.contains($0) || $0 < 0x20 || $0 == 0x7F }) else { return nil }
    return (lowercased(name), ByteText.string(from: value))
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
    var bytes = bytes.drop(while: isBlank)
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
    return bytes
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func lowercased(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }
}
