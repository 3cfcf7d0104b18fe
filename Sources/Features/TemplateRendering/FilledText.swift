import ByteStrings
import SystemSupport

/// Text with tags in the form of mustache(5), and what it is when they are filled in.
///
/// Only tags that name one of the values are tags; whatever else has braces stays byte for byte. Values are put in as they are:
/// `<` stays `<`, for projects are seldom HTML. An empty value counts as none: its tag is filled with nothing, and its section
/// left out.
struct FilledText {
  private static let mark = Array("{{".utf8)

  private let values: [[UInt8]: [UInt8]]
  private let longestValue: Int

  init(values: [String: String]) {
    self.values = Dictionary(values.map { (Array($0.utf8), Array($1.utf8)) }) { _, last in last }
    longestValue = values.values.map(\.utf8.count).max() ?? 0
  }

  /// Whether these bytes are text that may have tags. Anything that is not UTF-8, or has a NUL, is not text.
  static func mayHaveTags(_ bytes: [UInt8]) -> Bool {
    guard bytes.count <= TemplateLimits.text, !bytes.contains(0), contains(mark, bytes) else { return false }
    return String(validating: bytes, as: UTF8.self) != nil
  }

  private static func contains(_ needle: [UInt8], _ bytes: [UInt8]) -> Bool {
    bytes.indices.dropLast(needle.count - 1).contains { bytes[$0] == needle[0] && bytes[$0 + 1] == needle[1] }
  }

  /// `text` with its tags filled in.
  ///
  /// - Parameters:
  ///   - place: which text it is.
  ///   - takesComments: whether `{{! … }}` is a comment of the template's, which is left out.
  ///   - budget: what the template may still take; see ``TemplateLimits``.
  func fill(
    _ text: [UInt8], in place: FillingError.Place, takesComments: Bool = false, _ budget: inout TemplateBudget
  ) throws(FillingError) -> [UInt8] {
    var filling = Filling(text: text, place: place, takesComments: takesComments)
    try filling.run(values)
    try budget.take(tags: filling.tags, text: text.count + filling.tags * longestValue, for: place)
    return filling.output
  }
}

/// One text on the way.
private struct Filling {
  private struct Section {
    let name: [UInt8]
    let start: Int
    let isShown: Bool
  }

  let text: [UInt8]
  let place: FillingError.Place
  private(set) var output: [UInt8] = []
  private(set) var tags = 0
  private var delimiters: TagDelimiters
  private var sections: [Section] = []
  /// Behind what has been put out or left out.
  private var done = 0

  init(text: [UInt8], place: FillingError.Place, takesComments: Bool) {
    self.text = text
    self.place = place
    delimiters = TagDelimiters(takesComments: takesComments)
  }

  private var isShown: Bool { sections.last?.isShown ?? true }

  mutating func run(_ values: [[UInt8]: [UInt8]]) throws(FillingError) {
    var position = 0
    while position + delimiters.start.count <= text.count {
      guard text[position] == delimiters.start[0], text[position...].starts(with: delimiters.start) else {
        position += 1
        continue
      }
      let found = delimiters.read(text, at: position) { values[$0] != nil }
      if let tag = found.tag {
        tags += 1
        if tags > TemplateLimits.tags {
          throw .unusableText(place, .tags(limit: TemplateLimits.tags))
        }
        try apply(tag, from: position, values)
        position = max(done, tag.end)
      } else {
        position = found.next
      }
    }
    if let open = sections.last {
      throw error(.sectionNotEnded(name(open.name)), at: open.start)
    }
    put(upTo: text.count)
  }

  private mutating func apply(
    _ tag: TemplateTag, from start: Int, _ values: [[UInt8]: [UInt8]]
  ) throws(FillingError) {
    // A tag that only tells something, alone on its line, takes the line with it.
    let range: Range<Int>
    if case .value = tag.kind { range = start..<tag.end } else { range = line(around: start..<tag.end) }
    put(upTo: range.lowerBound)
    done = range.upperBound
    switch tag.kind {
    case .value(let name): if isShown { output += values[name] ?? [] }
    case .comment: break
    case .section(let name, let inverted):
      guard sections.count < TemplateLimits.sections else {
        throw .unusableText(place, .sections(limit: TemplateLimits.sections))
      }
      let hasValue = values[name]?.isEmpty == false
      sections.append(Section(name: name, start: start, isShown: isShown && hasValue != inverted))
    case .sectionEnd(let name):
      guard let open = sections.popLast(), open.name == name else {
        throw error(.sectionNotBegun(self.name(name)), at: start)
      }
    case .delimiters(let newStart, let newEnd):
      guard
        [newStart, newEnd].allSatisfy({
          $0.count <= TemplateLimits.delimiter && !$0.contains(where: Self.isOfNames)
        })
      else {
        throw error(.delimiter(limit: TemplateLimits.delimiter), at: start)
      }
      delimiters.change(to: newStart, newEnd)
    }
  }

  private static func isOfNames(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: ".-_?()*/".utf8.contains(byte)
    }
  }

  private mutating func put(upTo end: Int) {
    if isShown, done < end { output += text[done..<end] }
    done = max(done, end)
  }

  /// The whole line, its end with it, where nothing but blanks stands beside `tag`.
  private func line(around tag: Range<Int>) -> Range<Int> {
    var start = tag.lowerBound
    while start > done, isBlank(text[start - 1]) { start -= 1 }
    guard start == 0 || text[start - 1] == UInt8(ascii: "\n") else { return tag }
    var end = tag.upperBound
    while end < text.count, isBlank(text[end]) { end += 1 }
    if end == text.count { return start..<end }
    if text[end] == UInt8(ascii: "\r"), end + 1 < text.count { end += 1 }
    return text[end] == UInt8(ascii: "\n") ? start..<(end + 1) : tag
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  private func name(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private func error(_ fault: FillingError.TagFault, at offset: Int) -> FillingError {
    let before = text[..<offset]
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let column = before[start...].count { $0 & 0xC0 != 0x80 } + 1
    return .unusableText(place, .tag(fault, line: line, column: column))
  }
}
