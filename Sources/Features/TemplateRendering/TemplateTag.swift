/// A tag of a template, if what stands at a place is one of ours.
///
/// Braces in pairs mean something to many others: GitHub Actions, Helm, Jinja, Vue, Handlebars, Go, LaTeX. So a tag is ours only
/// where it is well formed and names a value; mustache(5) would take any for its own and erase what it does not know.
struct TemplateTag {
  enum Kind: Equatable {
    case value([UInt8])
    case section([UInt8], inverted: Bool)
    case sectionEnd([UInt8])
    case comment
    case delimiters(start: [UInt8], end: [UInt8])
  }

  let kind: Kind
  /// Where the text goes on behind it.
  let end: Int
}

/// What begins and ends a tag, and how tags are read between the two.
struct TagDelimiters {
  private(set) var start = Array("{{".utf8)
  private(set) var end = Array("}}".utf8)
  /// Whether `{{! … }}` is a comment of ours.
  private var takesComments: Bool

  /// How far from its beginning a tag's end is looked for, so that many beginnings without an end take no time.
  private static let longest = 1 << 9

  /// In GitHub's workflows `${{ … }}` is an expression, whatever it names.
  private static let expressionSign = UInt8(ascii: "$")

  private var areBraces: Bool { start == Array("{{".utf8) && end == Array("}}".utf8) }

  init(takesComments: Bool) { self.takesComments = takesComments }

  mutating func change(to start: [UInt8], _ end: [UInt8]) { (self.start, self.end) = (start, end) }

  /// What stands at `place`, where ``start`` does.
  ///
  /// - Parameter isKnown: whether a name is that of a value.
  /// - Returns: the tag, or nil and where to go on looking.
  mutating func read(
    _ text: [UInt8], at place: Int, isKnown: ([UInt8]) -> Bool
  ) -> (tag: TemplateTag?, next: Int) {
    var open = place + start.count
    var close = end
    if areBraces {
      let braces = text[place...].prefix { $0 == UInt8(ascii: "{") }.count
      open = place + braces
      if braces > 3 { return (nil, open) }
      if braces == 3 {
        close.append(UInt8(ascii: "}"))
      } else if place > 0, text[place - 1] == Self.expressionSign {
        return (nil, expressionEnd(text, from: open) ?? open)
      }
    }
    let sigil = open < text.count ? text[open] : 0
    if sigil == UInt8(ascii: "!"), takesComments, close == end {
      guard let stop = find(close, in: text, from: open, acrossLines: true) else {
        takesComments = false
        return (nil, open)
      }
      let next = stop + close.count
      return (TemplateTag(kind: .comment, end: next), next)
    }
    guard let stop = find(close, in: text, from: open) else { return (nil, open) }
    guard let kind = kind(text[open..<stop], sigil, isTriple: close != end, isKnown: isKnown) else {
      return (nil, open)
    }
    return (TemplateTag(kind: kind, end: stop + close.count), stop + close.count)
  }

  private func kind(
    _ content: ArraySlice<UInt8>, _ sigil: UInt8, isTriple: Bool, isKnown: ([UInt8]) -> Bool
  ) -> TemplateTag.Kind? {
    func name(_ slice: ArraySlice<UInt8>) -> [UInt8]? {
      let name = Array(Self.trimmed(slice))
      return isKnown(name) ? name : nil
    }
    if let name = name(content) { return .value(name) }
    if isTriple { return nil }
    let rest = content.dropFirst()
    switch sigil {
    case UInt8(ascii: "&"): return name(rest).map { .value($0) }
    case UInt8(ascii: "#"): return name(rest).map { .section($0, inverted: false) }
    case UInt8(ascii: "^"): return name(rest).map { .section($0, inverted: true) }
    case UInt8(ascii: "/"): return name(rest).map { .sectionEnd($0) }
    case UInt8(ascii: "="):
      guard content.count > 1, content.last == UInt8(ascii: "=") else { return nil }
      let words = rest.dropLast().split { Self.isBlank($0) }
      guard words.count == 2, !words.joined().contains(UInt8(ascii: "=")) else { return nil }
      return .delimiters(start: Array(words[0]), end: Array(words[1]))
    default: return nil
    }
  }

  /// Behind the `}}` of an expression; its texts, in single quotes, may have braces of their own.
  private func expressionEnd(_ text: [UInt8], from start: Int) -> Int? {
    var isQuoted = false
    for index in start..<min(text.count, start + Self.longest) {
      let pair = text[index...].prefix(2)
      switch text[index] {
      case UInt8(ascii: "\n"): return nil
      case UInt8(ascii: "'"): isQuoted.toggle()
      default:
        if isQuoted { continue }
        if pair.elementsEqual(self.end) { return index + 2 }
        if pair.elementsEqual(self.start) { return nil }
      }
    }
    return nil
  }

  private func find(
    _ mark: [UInt8], in text: [UInt8], from start: Int, acrossLines: Bool = false
  ) -> Int? {
    let limit = acrossLines ? text.count : min(text.count, start + Self.longest)
    var index = start
    while index + mark.count <= limit {
      if text[index] == mark[0], text[index...].starts(with: mark) { return index }
      if !acrossLines, text[index] == UInt8(ascii: "\n") { return nil }
      index += 1
    }
    return nil
  }

  private static func trimmed(_ slice: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard let first = slice.firstIndex(where: { !isBlank($0) }),
      let last = slice.lastIndex(where: { !isBlank($0) })
    else { return [] }
    return slice[first...last]
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}
