import Metadata
import TestSupport
import Testing

/// Random documents built from pieces, and random edits of them.
@Suite struct MetadataEditPropertyTests {
  /// One key with the lines that are its own, and the comments and blank lines before it.
  struct Piece {
    var key: String
    var before: String
    var text: String
  }

  static let names = [
    "name", "version", "tags", "description", "k1", "k2", "ключ", "expected_skills", "created", "x-y", "sync",
    "\"q k\"",
  ]

  static let values = [
    " plain", " 0.3", " 'single'", " \"double\\n\"", " ~", "", " [a, b]", " []", " ['x', \"y\", z]",
    " {a: b}", " é 🎉", " true",
    "\n  - a\n  - b", "\n- a\n- 'b' # item", "\n  # first\n  - a\n\n  # second\n  - b", " |\n  one\n  two",
    " >-\n  one\n  two\n  three",
    " |+\n  one\n", " |2\n    one\n  two", "\n  more: 1\n  list:\n    - x", " first\n  second",
    " \"first\n  second\"", "\n  next line",
    " [\n  a, # one\n  b\n  ]", "\n  - a: 1\n    b: 2\n  - c", " 2024-01-01", " [DEV_INFRA_VERSION]",
    "\n  - |\n    x\n  - y",
  ]

  static let flowValues = [
    " plain", " 0.3", " 'single'", " \"double\\n\"", " ~", "", " [a, b]", " []", " {a: b}", " é 🎉", " true",
    " [\n  a, # one\n b ]",
  ]

  static let texts = [
    "new", "two words", "yes", "1.0", "0.4", "- x", "a: b", "a #b", "it's", "say \"x\"", "a\nb\n", "a\n\n b",
    " lead\nx", "é 🎉", "\u{7}",
    "", "2025-05-05", "back\\slash", "a, b", "[x]", "a\nb\n\n\n", "\n", "tail ",
  ]

  private func blockDocument(_ random: inout SeededGenerator) -> (head: String, pieces: [Piece], tail: String)
  {
    let lineBreak = random.chance(25) ? "\r\n" : "\n"
    var pieces: [Piece] = []
    for name in Self.names.shuffled(using: &random).prefix(Int.random(in: 0...6, using: &random)) {
      let before = random.pick(["", "", "", "# comment é\n", "\n", "# a\n\n# b: c\n"])
      var value = random.pick(Self.values)
      let isOneLine = !value.contains("\n")
      if isOneLine, random.chance(30) { value += random.pick(["  # why", " # é: [", "  "]) }
      pieces.append(Piece(key: name, before: before, text: name + ":" + value + "\n"))
    }
    var head = random.pick(["", "", "# head\n", "---\n", "--- # é\n"])
    var tail = random.pick(["", "", "# end\n", "\n\n", "...\n", "... # é\n# after\n"])
    if random.chance(20) { head = "\u{FEFF}" + head }
    for index in pieces.indices {
      pieces[index].before = pieces[index].before.replacing("\n", with: lineBreak)
      pieces[index].text = pieces[index].text.replacing("\n", with: lineBreak)
    }
    if tail.isEmpty, random.chance(30), let last = pieces.indices.last, pieces[last].text.hasSuffix(lineBreak)
    {
      pieces[last].text.removeLast()
    }
    head = head.replacing("\n", with: lineBreak)
    tail = tail.replacing("\n", with: lineBreak)
    return (head, pieces, tail)
  }

  private func flowDocument(_ random: inout SeededGenerator) -> String {
    let separator = random.pick([", ", ",", ",\n  ", ", # é\n  ", " ,\n"])
    let entries = Self.names.shuffled(using: &random).prefix(Int.random(in: 0...5, using: &random)).map {
      name in
      name + ":" + random.pick(Self.flowValues)
    }
    let end = random.pick(["", "", entries.isEmpty ? "" : ","]) + random.pick(["", " ", "\n", " # x\n"])
    return random.pick(["", "# c\n", "--- "]) + "{" + random.pick(["", " ", "\n  ", " # y\n  "])
      + entries.joined(separator: separator) + end + "}" + random.pick(["", "\n", " # z\n"])
  }

  private func assignment(_ random: inout SeededGenerator) -> ProjectMetadata.Assignment? {
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<2: nil
    case 2..<7: .text(random.pick(Self.texts))
    default:
      .list(
        (0..<Int.random(in: 0...4, using: &random)).map { _ in random.pick(["a", "b", "x"] + Self.texts) })
    }
  }

  private func plainKey(_ name: String) -> String { name.replacing("\"", with: "") }

  private func value(_ value: MetadataValue?, isA assignment: ProjectMetadata.Assignment?, known: Bool)
    -> Bool
  {
    func matches(_ value: MetadataValue, _ text: String) -> Bool {
      guard case .scalar(let old, let plain) = value, old.utf8.elementsEqual(text.utf8) else { return false }
      return !plain || (known ? !value.isNull : CoreScalar(plain: old) == .text(old))
    }
    switch (assignment, value) {
    case (nil, nil): return true
    case (.text(let text), .some(let value)): return matches(value, text)
    case (.list(let texts), .list(let items)): return items.elementsEqual(texts) { matches($0, $1) }
    default: return false
    }
  }

  private func checkEdit(_ old: [UInt8], _ name: String, _ new: ProjectMetadata.Assignment?) throws -> [UInt8]
  {
    let key = plainKey(name)
    let known = ProjectMetadata.isKnown(key)
    let result = try ProjectMetadata.edit(old, setting: key, to: new)
    let before = try ProjectMetadata(parsing: old)
    let after = try ProjectMetadata(parsing: result)
    #expect(value(after[key], isA: new, known: known))
    #expect(
      MetadataValue.map(before.entries.filter { $0.key != key })
        == .map(after.entries.filter { $0.key != key }))
    #expect(try ProjectMetadata.edit(result, setting: key, to: new) == result)
    // And back: to the value that was there, where it can be said as an assignment.
    var back: ProjectMetadata.Assignment?
    switch before[key] {
    case nil: back = nil
    case .some(let value):
      if let texts = value.texts {
        back = .list(texts)
      } else if let text = value.text {
        back = .text(text)
      } else {
        return result
      }
    }
    let restored = try ProjectMetadata(parsing: try ProjectMetadata.edit(result, setting: key, to: back))
    #expect(restored[key]?.text.map { Array($0.utf8) } == before[key]?.text.map { Array($0.utf8) })
    #expect(restored[key]?.texts == before[key]?.texts)
    return result
  }

  @Test(arguments: 0..<40) func everyByteOutsideTheKeysOwnLinesIsKept(_ block: Int) throws {
    for number in 0..<100 {
      let seed = UInt64(block * 100 + number)
      var random = SeededGenerator(seed)
      let (head, pieces, tail) = blockDocument(&random)
      let text = head + pieces.map { $0.before + $0.text }.joined() + tail
      let bytes = Array(text.utf8)
      // Some combinations of pieces are not YAML (a comment inside a plain scalar's lines); those are not the subject.
      guard (try? ProjectMetadata(parsing: bytes)) != nil else { continue }
      let name = random.pick(Self.names)
      let new = assignment(&random)
      let result: [UInt8]
      do {
        result = try checkEdit(bytes, name, new)
      } catch {
        Issue.record("seed \(seed): \(error) for \(name) = \(String(describing: new)) in\n\(text)")
        continue
      }
      guard let index = pieces.firstIndex(where: { $0.key == name }) else {
        expectOnlyInserted(bytes, result, "seed \(seed): \(text)")
        continue
      }
      let above = head + pieces[..<index].map { $0.before + $0.text }.joined() + pieces[index].before
      let start = Array((new == nil ? withoutOwnComments(above, isFirst: index == 0) : above).utf8)
      // Blank lines behind a block scalar with `+` are its own.
      let following = pieces[(index + 1)...].map { $0.before + $0.text }.joined() + tail
      let isKeeping =
        pieces[index].text.contains("|+") || ownsBlankLines(new, pieces[index].text)
        || (new == nil && index > 0 && pieces[index - 1].text.contains("|+"))
      var end = Array((isKeeping ? String(following.drop { $0.isNewline }) : following).utf8)
      // The `...` goes with the last key where no `---` stands before it.
      if new == nil, pieces.count == 1, !head.contains("---") {
        end = end.filter { _ in !tail.hasPrefix("...") }
      }
      // A file without a line break at its end stays one, where the last value allows it.
      let isCut = new == nil && bytes.last != 0x0A && index == pieces.count - 1
      let cut = start.dropLast(start.suffix(2) == [0x0D, 0x0A] ? 2 : 1)
      #expect(result.starts(with: start) || (isCut && result.elementsEqual(cut)), "seed \(seed): \(text)")
      #expect(
        result.reversed().starts(with: end.reversed()),
        "seed \(seed): \(text)\n=>\n\(String(decoding: result, as: UTF8.self))")
    }
  }

  /// Without the comments at the end that no blank line parts from what follows; those that open a file are the file's.
  private func withoutOwnComments(_ text: String, isFirst: Bool) -> String {
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    let count = lines.count
    while lines.count > 1, lines[lines.count - 2].unicodeScalars.first == "#" {
      lines.remove(at: lines.count - 2)
    }
    let left = lines.dropLast().map { $0.filter { $0 != "\u{FEFF}" } }
    if isFirst, left.allSatisfy({ $0.hasPrefix("---") || $0.hasPrefix("# ") }) { return text }
    // The byte order mark makes the first line another.
    if isFirst, lines.count > 1, lines[0].hasPrefix("\u{FEFF}#"), lines.count == 2, count > 2 { return text }
    return String(text.prefix(lines.dropLast().reduce(0) { $0 + $1.count + 1 }))
  }

  /// A block scalar's new text that ends in blank lines takes those behind it over.
  private func ownsBlankLines(_ new: ProjectMetadata.Assignment?, _ piece: String) -> Bool {
    guard case .text(let text) = new else { return false }
    return text.hasSuffix("\n\n") && (piece.contains(" |") || piece.contains(" >"))
  }

  private func expectOnlyInserted(_ old: [UInt8], _ new: [UInt8], _ comment: String) {
    let head = zip(old, new).prefix { $0 == $1 }.count
    let tail = zip(old.dropFirst(head).reversed(), new.dropFirst(head).reversed()).prefix { $0 == $1 }.count
    #expect(head + tail == old.count, "\(comment)")
  }

  @Test(arguments: 0..<40) func aMappingInBracesIsEditedToo(_ block: Int) throws {
    for number in 0..<100 {
      let seed = UInt64(1_000_000 + block * 100 + number)
      var random = SeededGenerator(seed)
      let text = flowDocument(&random)
      guard (try? ProjectMetadata(parsing: Array(text.utf8))) != nil else { continue }
      let name = random.pick(Self.names)
      let new = assignment(&random)
      do {
        let result = try checkEdit(Array(text.utf8), name, new)
        // A comment may be lost only with the entry that it stands behind.
        if new != nil {
          let comments = { (bytes: [UInt8]) in bytes.count { $0 == UInt8(ascii: "#") } }
          let isInside = text.contains("# one")
          #expect(isInside || comments(result) >= comments(Array(text.utf8)), "seed \(seed): \(text)")
        }
      } catch {
        Issue.record("seed \(seed): \(error) for \(name) = \(String(describing: new)) in\n\(text)")
      }
    }
  }

  /// One item of a list with comments that name it.
  struct Item {
    var text: String
    var isAbove: Bool
    var isBehind: Bool
  }

  /// A list over lines among other keys, each item perhaps with comments above and behind.
  private func listDocument(
    _ items: [Item], _ random: inout SeededGenerator
  ) -> (before: String, list: String, after: String) {
    let isFlow = random.chance(40)
    let indentation = isFlow ? "  " : random.pick(["", "  ", "    "])
    var list = "tags:" + (isFlow ? " [" : "") + random.pick(["", " # all\n"])
    if list.last != "\n" { list += "\n" }
    for (index, item) in items.enumerated() {
      if random.chance(15) { list += random.pick(["\n", "\(indentation)# list\(index)\n\n"]) }
      if item.isAbove { list += "\(indentation)# above \(item.text)\n" }
      let text = random.pick([item.text, "'\(item.text)'", "\"\(item.text)\""])
      list +=
        indentation
        + (isFlow ? text + (index + 1 < items.count ? "," : random.pick(["", ","])) : "- " + text)
      list += (item.isBehind ? "  # behind \(item.text)" : "") + "\n"
    }
    if isFlow { list += "]\n" }
    let before = random.pick(["", "# file\n", "name: x # n\n", "# file\n\n# n\nname: x\n", "---\n"])
    let after = random.pick(["", "# after\n", "\n# k\nkey: [1, {a: b}]  # v\n", "key: |\n  # text\n"])
    let lineBreak = random.chance(25) ? "\r\n" : "\n"
    let byteOrderMark = random.chance(10) ? "\u{FEFF}" : ""
    return (
      byteOrderMark + before.replacing("\n", with: lineBreak), list.replacing("\n", with: lineBreak),
      after.replacing("\n", with: lineBreak)
    )
  }

  /// The comments of each item, read line by line and not by the parser.
  private func remarks(_ text: String, of items: [String]) -> [String: [String]] {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }
    var remarks: [String: [String]] = [:]
    for (index, line) in lines.enumerated() where line.first != "#" && line != "[" {
      let words = line.split(separator: "#", maxSplits: 1)
      let item = (words.first ?? "").filter { $0.isLetter }
      guard items.contains(item) else { continue }
      var own: [String] = []
      var above = index - 1
      while above >= 0, lines[above].first == "#", lines[above].hasPrefix("# above") {
        own.append(String(lines[above]))
        above -= 1
      }
      if words.count > 1 { own.append("#" + words[1]) }
      remarks[item] = own
    }
    return remarks
  }

  @Test(arguments: 0..<20) func anyChangeOfAListKeepsEachItemsComments(_ block: Int) throws {
    for number in 0..<100 {
      let seed = UInt64(3_000_000 + block * 100 + number)
      var random = SeededGenerator(seed)
      let names = ["alpha", "beta", "gamma", "delta", "eps", "zeta"].shuffled(using: &random)
      let items = names.prefix(Int.random(in: 1...5, using: &random)).map {
        Item(text: $0, isAbove: random.chance(50), isBehind: random.chance(50))
      }
      let old = items.map(\.text)
      let (before, list, after) = listDocument(items, &random)
      let text = before + list + after
      var wanted = old.filter { _ in !random.chance(25) }
      if random.chance(40) { wanted.shuffle(using: &random) }
      for name in ["new", "more"] where random.chance(40) {
        wanted.insert(name, at: Int.random(in: 0...wanted.count, using: &random))
      }
      if wanted.isEmpty { continue }
      let isSet = random.chance(40)
      let change: ProjectMetadata.Assignment = isSet ? .set(wanted) : .list(wanted)
      let result: String
      do {
        result = String(
          decoding: try ProjectMetadata.edit(Array(text.utf8), setting: "tags", to: change), as: UTF8.self)
      } catch {
        Issue.record("seed \(seed): \(error) for \(wanted) in\n\(text)")
        continue
      }
      let new = try #require(try ProjectMetadata(parsing: Array(result.utf8)).tags)
      let comment: Testing.Comment = "seed \(seed): \(change) in\n\(text)=>\n\(result)"
      if isSet {
        #expect(new.filter(old.contains) == old.filter(wanted.contains), comment)
        #expect(Set(new) == Set(wanted) && new.count == wanted.count, comment)
      } else {
        #expect(new == wanted, comment)
      }
      #expect(result.utf8.starts(with: before.utf8), comment)
      #expect(result.utf8.reversed().starts(with: after.utf8.reversed()), comment)
      let kept = remarks(text, of: old).filter { wanted.contains($0.key) }
      let remarked = remarks(result, of: new)
      #expect(remarked.filter { old.contains($0.key) } == kept, comment)
      let ofNew = remarked.filter { !old.contains($0.key) && !$0.value.isEmpty }
      #expect(ofNew.isEmpty, comment)
      #expect(result.components("# list") == text.components("# list"), comment)
    }
  }

  @Test func anySequenceOfEditsEndsWithTheLastValues() throws {
    for seed in 0..<200 {
      var random = SeededGenerator(UInt64(2_000_000 + seed))
      let (head, pieces, tail) = blockDocument(&random)
      var bytes = Array((head + pieces.map { $0.before + $0.text }.joined() + tail).utf8)
      guard (try? ProjectMetadata(parsing: bytes)) != nil else { continue }
      var expected: [String: ProjectMetadata.Assignment?] = [:]
      for _ in 0..<8 {
        let key = plainKey(random.pick(Self.names))
        let new = assignment(&random)
        do {
          bytes = try ProjectMetadata.edit(bytes, setting: key, to: new)
        } catch {
          Issue.record(
            "seed \(seed): \(error), \(String(describing: new)) in\n\(String(decoding: bytes, as: UTF8.self))"
          )
        }
        expected[key] = .some(new)
      }
      let metadata = try ProjectMetadata(parsing: bytes)
      for (key, new) in expected {
        #expect(value(metadata[key], isA: new, known: ProjectMetadata.isKnown(key)), "seed \(seed), \(key)")
      }
    }
  }
}

extension String {
  /// What follows each occurrence of `mark` in its line.
  fileprivate func components(_ mark: String) -> [String] {
    split(whereSeparator: \.isNewline).compactMap { line in
      line.firstRange(of: mark).map { String(line[$0.upperBound...]) }
    }
  }
}
