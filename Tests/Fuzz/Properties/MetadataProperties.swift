import Metadata

/// An edit of a document is refused, or says what was asked for and keeps every byte that is not that key's.
enum MetadataProperties {
  private static let values: [ProjectMetadata.Assignment?] = [
    nil, .text("x"), .text("a\n b\n"), .text("yes"), .text("- a: 'b' #c"), .text(""), .text("a\n\n\n"),
    .text(" \u{85}\u{2028}é🎉"), .list(["x", "a"]), .list([]), .list(["a", "b: c", "", "- d\n"]),
  ]

  static func check(_ bytes: [UInt8]) throws {
    guard let before = try? ProjectMetadata(parsing: bytes) else { return }
    for finding in before.findings {
      try require(finding.line > 0 && !finding.message.isEmpty, "a finding says nothing: \(finding)")
    }
    var choices = Choices(bytes)
    var keys = ["name", "tags", "description", "k"]
    if !before.entries.isEmpty { keys.append(choices.pick(before.entries).key) }
    for key in keys {
      let value = choices.pick(values)
      guard let after = try? ProjectMetadata.edit(bytes, setting: key, to: value) else { continue }
      try check(bytes, before, after, key, value)
    }
  }

  private static func check(
    _ old: [UInt8], _ before: ProjectMetadata, _ new: [UInt8], _ key: String,
    _ value: ProjectMetadata.Assignment?
  ) throws {
    let what = "\(shown(old)) with \(key.debugDescription) = \(String(describing: value)) is \(shown(new))"
    guard let after = try? ProjectMetadata(parsing: new) else {
      throw PropertyViolation(description: "cannot be read again: \(what)")
    }
    func others(_ metadata: ProjectMetadata) -> MetadataValue {
      .map(metadata.entries.filter { !$0.key.utf8.elementsEqual(key.utf8) })
    }
    try require(others(before) == others(after), "another key has changed: \(what)")
    switch value {
    case nil: try require(after[key] == nil, "the key is still there: \(what)")
    case .text(let text):
      guard case .scalar(let read, _)? = after[key], read.utf8.elementsEqual(text.utf8) else {
        throw PropertyViolation(description: "another text is read: \(what)")
      }
    case .list(let texts), .set(let texts):
      guard case .list(let items)? = after[key],
        items.elementsEqual(
          texts,
          by: { item, text in
            if case .scalar(let read, _) = item { read.utf8.elementsEqual(text.utf8) } else { false }
          })
      else { throw PropertyViolation(description: "another list is read: \(what)") }
    }
    let again = try? ProjectMetadata.edit(new, setting: key, to: value)
    try require(again == new, "the same edit changes it again: \(what)")
    try checkBytes(old, before, new, key, value, what)
  }

  /// What stands before the key's line and from the next key's line on is kept; a new key is an insertion.
  private static func checkBytes(
    _ old: [UInt8], _ before: ProjectMetadata, _ new: [UInt8], _ key: String,
    _ value: ProjectMetadata.Assignment?, _ what: String
  ) throws {
    if old == new { return }
    let head = zip(old, new).prefix { $0 == $1 }.count
    let tail = zip(old.dropFirst(head).reversed(), new.dropFirst(head).reversed()).prefix { $0 == $1 }.count
    guard let index = before.entries.firstIndex(where: { $0.key.utf8.elementsEqual(key.utf8) }) else {
      // Within braces a comma goes behind the last entry, and the new one perhaps to a line further down.
      var rest = old[...]
      for byte in new where byte == rest.first { rest.removeFirst() }
      return try require(
        head + tail == old.count || (old.contains(UInt8(ascii: "{")) && rest.isEmpty),
        "more than an insertion: \(what)")
    }
    // Lines are told apart only where each key has its own, which is not so within braces.
    let first = old[..<start(ofLine: before.entries[0].line + 1, in: old)]
    let line = before.entries[index].line
    guard !first.contains(UInt8(ascii: "{")) else { return }
    guard before.entries.count(where: { $0.line == line }) == 1 else { return }
    // Taking a key out takes the comment above it along, and of the last one perhaps the line break before it.
    let kept = start(ofLine: line, in: old)
    try require(
      head >= kept || (value == nil && isCommentOrBreaks(old, head, kept)),
      "something before the key has changed: \(what)")
    guard index + 1 < before.entries.count else { return }
    let next = before.entries[index + 1].line
    guard next > line else { return }
    let end = zip(old.reversed(), new.reversed()).prefix { $0 == $1 }.count
    try require(
      old.count - start(ofLine: next, in: old) <= end || value == nil,
      "something behind the key has changed: \(what)")
  }

  /// Whether what stands between two places is nothing but lines of comments and blank ones.
  private static func isCommentOrBreaks(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
    // The first place may be within a line, of which a comment is one as a whole.
    let begun = lines(bytes[..<start]).last ?? []
    return lines(bytes[start..<end]).enumerated().allSatisfy { number, line in
      let whole = number == 0 ? Array(begun) + line : Array(line)
      return isBlank(line) || whole.first { $0 != 0x20 && $0 != 0x09 } == UInt8(ascii: "#")
    }
  }

  private static func isBlank(_ bytes: ArraySlice<UInt8>) -> Bool {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy(\.properties.isWhitespace)
  }

  /// Where the line with this number begins, counted as libyaml counts.
  private static func start(ofLine line: Int, in bytes: [UInt8]) -> Int {
    lines(bytes[...]).prefix(line - 1).reduce(0) { $0 + $1.count }
  }

  /// The lines as libyaml breaks them, each with its end.
  private static func lines(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    let breaks: [[UInt8]] = [
      [0x0D, 0x0A], [0x0A], [0x0D], [0xC2, 0x85], [0xE2, 0x80, 0xA8], [0xE2, 0x80, 0xA9],
    ]
    var lines: [ArraySlice<UInt8>] = []
    var (start, index) = (bytes.startIndex, bytes.startIndex)
    while index < bytes.endIndex {
      if let end = breaks.first(where: bytes[index...].starts) {
        index += end.count
        lines.append(bytes[start..<index])
        start = index
      } else {
        index += 1
      }
    }
    return lines + [bytes[start...]]
  }
}
