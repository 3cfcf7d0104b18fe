import IndexReporting
import Terminal
import ByteStrings

/// People's own short forms: `alias.NAME` in the registry's configuration, or given by `-c`, with git's rules.
enum Aliases {
  /// What `name` stands for, or nil.
  static func value(of name: String) throws(Failure) -> String? {
    // git's rule for the last part of a key; what breaks it can be no alias.
    guard let first = name.utf8.first, isLetter(first),
      name.utf8.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") })
    else { return nil }
    return try RegistrySettings.value(of: "alias.\(name)")
  }

  /// The names of the aliases in the registry's configuration.
  static func names() -> [String] { all().map(\.name) }

  /// The aliases in the registry's configuration and what they stand for; the last of one name counts.
  static func all() -> [(name: String, meaning: String)] {
    let records = (try? RegistrySettings.records(["--null", "--get-regexp", "^alias\\."])) ?? []
    var all: [String: String] = [:]
    for record in records {
      // Key, newline, value; a key without `=` has neither newline nor value.
      guard let end = record.utf8.firstIndex(of: UInt8(ascii: "\n")) else { continue }
      all[String(record[..<end].dropFirst("alias.".count))] = String(record[record.utf8.index(after: end)...])
    }
    return all.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The words of an alias, taken apart as git's `split_cmdline` does it.
  ///
  /// Words end at white space; single and double quotes hold them together, and a backslash takes the next byte as it is,
  /// but not in single quotes.
  static func words(of value: String, alias: String) throws(Failure) -> [String] {
    var words: [[UInt8]] = [[]]
    var quote: UInt8?
    var bytes = ByteText.bytes(of: value)[...]
    while let byte = bytes.popFirst() {
      if quote == nil, isSpace(byte) {
        while let next = bytes.first, isSpace(next) { bytes.removeFirst() }
        words.append([])
      } else if quote == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
      } else if byte == quote {
        quote = nil
      } else if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
        guard let next = bytes.popFirst() else {
          throw .fatal("reading alias.\(alias) failed: it ends with a backslash")
        }
        words[words.count - 1].append(next)
      } else {
        words[words.count - 1].append(byte)
      }
    }
    if quote != nil { throw .fatal("reading alias.\(alias) failed: a quote in it is not closed") }
    if words == [[]] { throw .fatal("reading alias.\(alias) failed: it is empty") }
    return words.map { ByteText.string(from: $0) }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}
