import SystemSupport

/// Counts a text's tags, and how deep its sections are nested, before the parser sees it.
///
/// It reads tags as swift-mustache does, character by character (`Template+Parser.swift`), so that nothing that the parser
/// takes for a section escapes it. Where the parser would stop with an error, it stops too.
struct TagCounter {
  private static let nameCharacters = Set(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_?()*/")

  private let text: [Character]
  private var position = 0
  private var start: [Character] = ["{", "{"]
  private var end: [Character] = ["}", "}"]
  /// Whether a delimiter is one that is not taken: the parser would read it as a part of names.
  private(set) var hasOddDelimiters = false

  init(_ text: String) { self.text = Array(text) }

  /// Counts until the text or one of the limits is exceeded.
  mutating func count(atMost limit: Int, deep depthLimit: Int) -> (tags: Int, depth: Int) {
    var (tags, depth, deepest) = (0, 0, 0)
    while tags <= limit, deepest <= depthLimit, !hasOddDelimiters, find(start), position < text.count {
      tags += 1
      let sigil = text[position]
      switch sigil {
      case "!":
        if !find(end) { return (tags, deepest) }
        continue
      case "=":
        position += 1
        guard changeDelimiters() else { return (tags, deepest) }
        continue
      case "%":
        position += 1
        skip { $0.isWhitespace || $0 == ":" || Self.nameCharacters.contains($0) }
        guard take(end) else { return (tags, deepest) }
        continue
      case "#", "^", "<", "$":
        depth += 1
        deepest = max(deepest, depth)
        position += 1
      case "/":
        depth -= 1
        position += 1
      case "{", "&", ">": position += 1
      default: break
      }
      skip(\.isWhitespace)
      skip { Self.nameCharacters.contains($0) }
      skip(\.isWhitespace)
      guard take(end) else { return (tags, deepest) }
      if sigil == "{" { guard take(["}"]) else { return (tags, deepest) } }
    }
    return (tags, deepest)
  }

  private mutating func changeDelimiters() -> Bool {
    skip(\.isWhitespace)
    let newStart = word { $0.isWhitespace }
    skip(\.isWhitespace)
    let newEnd = word { $0 == "=" || $0.isWhitespace }
    skip(\.isWhitespace)
    guard take(["="]), take(end), !newStart.isEmpty, !newEnd.isEmpty else { return false }
    (start, end) = (newStart, newEnd)
    hasOddDelimiters = [start, end].contains { delimiter in
      delimiter.count > TemplateLimits.delimiter || delimiter.contains { Self.nameCharacters.contains($0) }
    }
    return true
  }

  private mutating func word(until isEnd: (Character) -> Bool) -> [Character] {
    let from = position
    skip { !isEnd($0) }
    return Array(text[from..<position])
  }

  private mutating func skip(_ isPassed: (Character) -> Bool) {
    while position < text.count, isPassed(text[position]) { position += 1 }
  }

  private mutating func take(_ word: [Character]) -> Bool {
    guard text[position...].starts(with: word) else { return false }
    position += word.count
    return true
  }

  /// Goes behind the next `word`; to the end where there is none.
  private mutating func find(_ word: [Character]) -> Bool {
    while position < text.count {
      if text[position] == word[0], take(word) { return true }
      position += 1
    }
    return false
  }
}
