import SystemSupport

/// The entries between one pair of brackets or braces, and how entries are taken out, put in and put in another order.
struct FlowLayout {
  let source: SourceText
  /// Each entry from its first byte to its last, commas not included.
  let items: [Range<Int>]
  /// The offset behind the opening bracket.
  let open: Int
  /// The offset of the closing one.
  let close: Int

  init(source: SourceText, items: [Range<Int>], open: Int) {
    self.source = source
    self.items = items
    self.open = open
    var close = source.skipTrivia(items.last?.upperBound ?? open)
    if source.byte(close) == UInt8(ascii: ",") { close = source.skipTrivia(close + 1) }
    self.close = close
  }

  /// The comma behind entry `index`.
  private func comma(after index: Int) -> Int? {
    let place = source.skipTrivia(items[index].upperBound)
    return source.byte(place) == UInt8(ascii: ",") ? place : nil
  }

  private func behindComma(_ index: Int) -> Int {
    comma(after: index).map { $0 + 1 } ?? items[index].upperBound
  }

  /// The blanks before entry `index` when it begins its line.
  private func ownIndentation(_ index: Int) -> String? {
    guard source.lineStart(items[index].lowerBound) > open - 1 else { return nil }
    return source.indentation(before: items[index].lowerBound).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The blanks before the line of the opening bracket.
  private var outer: String {
    String(decoding: source.bytes[source.lineStart(open)..<open].prefix { source.isBlank($0) }, as: UTF8.self)
  }

  private var lineBreak: String { String(decoding: source.lineBreak, as: UTF8.self) }

  // MARK: Comments

  /// The first line of entry `index`, which begins it, or of the comments above that are its.
  private func firstLine(_ index: Int) -> Int {
    let own = source.lineStart(items[index].lowerBound)
    let floor = index == 0 ? source.nextLine(open) : lastLineEnd(index - 1)
    return source.commentLines(above: own, notBefore: floor)
  }

  /// The end of the last line of entry `index`, or of the comments below that are its.
  private func lastLineEnd(_ index: Int) -> Int {
    let end = behindComma(index)
    guard let indentation = ownIndentation(index), source.restOfLineIsTrivia(end) else {
      return source.lineEnd(end)
    }
    let limit = index + 1 < items.count ? source.lineStart(items[index + 1].lowerBound) : source.bytes.count
    return source.commentLines(below: end, deeperThan: indentation.utf8.count, before: limit)
  }

  /// The entry that a comment belongs to; nil for one of the collection.
  func owner(of comment: Comment) -> Int? {
    let place = comment.range.lowerBound
    guard place >= open, place < close else { return nil }
    let next = items.partitionPoint { $0.lowerBound > place }
    if next > 0 {
      let previous = next - 1
      if !comment.isOwnLine || place < behindComma(previous) { return previous }
      if ownIndentation(previous) != nil, place < lastLineEnd(previous) { return previous }
    }
    guard next < items.count, comment.isOwnLine, beginsLine(next) else { return nil }
    return firstLine(next) <= place ? next : nil
  }

  /// Whether entry `index` is the first of its line, but perhaps for the comma before it.
  private func beginsLine(_ index: Int) -> Bool { ownIndentation(index) != nil }

  // MARK: Changes

  /// Takes the entries of `run` out, with their comments.
  func remove(_ run: Range<Int>) -> [Splice] {
    guard let first = run.first, let last = run.last else { return [] }
    let isTail = last == items.count - 1
    var splices: [Splice] = []
    if isTail, first > 0, let comma = comma(after: first - 1), self.comma(after: last) == nil {
      splices.append(Splice(comma..<(comma + 1)))
    }
    let start = items[first].lowerBound
    if run.allSatisfy({ ownIndentation($0) != nil && source.restOfLineIsTrivia(behindComma($0)) }) {
      return splices + run.map { Splice(firstLine($0)..<source.nextLine(lastLineEnd($0))) }
    }
    if !isTail {
      let next = items[last + 1].lowerBound
      let isBelowComment = beginsLine(last + 1) && firstLine(last + 1) < source.lineStart(next)
      return [Splice(start..<(isBelowComment ? lastLineEnd(last) : next))]
    }
    // A comment behind what goes on the last line goes with it.
    var end = behindComma(last)
    let rest = source.bytes[end..<source.lineEnd(end)].drop(while: source.isBlank)
    if rest.first == UInt8(ascii: "#") { end = source.lineEnd(end) }
    if first == 0 { return [Splice(start..<end)] }
    let previous = behindComma(first - 1)
    let hasOnlyBlanks = source.bytes[previous..<start].allSatisfy(source.isBlank)
    return splices + [Splice((hasOnlyBlanks ? previous : start)..<end)]
  }

  /// `key:,` would be read as one word.
  private func newComma(after index: Int) -> String {
    source.byte(items[index].upperBound - 1) == UInt8(ascii: ":") ? " ," : ","
  }

  /// Puts `texts` in, so that the first of them becomes entry `index`.
  func insert(_ texts: [String], at index: Int) -> [Splice] {
    guard !texts.isEmpty else { return [] }
    // Behind comments between empty brackets: they do not belong to the new entry, and one right above it would.
    guard let last = items.indices.last else {
      let text = texts.joined(separator: ", ")
      guard let comment = comments.last else { return [.insert(text, at: open)] }
      return [.insert((comment.isOwnLine ? lineBreak : "") + text, at: close)]
    }
    if index <= last {
      if let indentation = ownIndentation(index) {
        return [
          .insert(texts.map { indentation + $0 + "," + lineBreak }.joined(), at: firstLine(index))
        ]
      }
      return [.insert(texts.map { $0 + ", " }.joined(), at: items[index].lowerBound)]
    }
    let hasComma = comma(after: last) != nil
    let end = behindComma(last)
    let isCommented =
      source.bytes[end..<source.lineEnd(end)].first { !source.isBlank($0) } == UInt8(ascii: "#")
    if isCommented || ownIndentation(last) != nil, source.restOfLineIsTrivia(end) {
      let indentation = ownIndentation(last) ?? items.indices.compactMap(ownIndentation).first ?? outer + "  "
      let lines = texts.map { lineBreak + indentation + $0 }.joined(separator: ",")
      return (hasComma ? [] : [.insert(newComma(after: last), at: items[last].upperBound)])
        + [.insert(lines + (hasComma ? "," : ""), at: lastLineEnd(last))]
    }
    return hasComma
      ? [.insert(texts.map { " " + $0 + "," }.joined(), at: behindComma(last))]
      : [.insert(newComma(after: last) + " " + texts.joined(separator: ", "), at: items[last].upperBound)]
  }

  /// Puts at each place the entry that `order` names for it. Where there are comments each entry gets lines of its own.
  func reorder(_ order: [Int]) -> [Splice] {
    guard let last = items.indices.last else { return [] }
    let comments = comments
    if comments.isEmpty { return zip(items, order).map { Splice($0, Array(source.bytes[items[$1]])) } }
    var above = items.map { _ in [String]() }
    var behind = above
    // What belongs to no entry keeps its place before one, with a blank line between.
    var between = above
    var (head, tail) = ("", [String]())
    for comment in comments {
      let text = String(decoding: source.bytes[comment.range], as: UTF8.self)
      if let owner = owner(of: comment) {
        comment.range.lowerBound < items[owner].lowerBound
          ? above[owner].append(text) : behind[owner].append(text)
      } else if !comment.isOwnLine, comment.range.lowerBound < items[0].lowerBound {
        head = " " + text
      } else if let next = items.firstIndex(where: { $0.lowerBound > comment.range.lowerBound }) {
        between[next].append(text)
      } else {
        tail.append(text)
      }
    }
    let inner = lineBreak + (items.indices.compactMap(ownIndentation).first ?? outer + "  ")
    var out = head
    for (place, item) in order.enumerated() {
      for text in between[place] { out += inner + text }
      if !between[place].isEmpty { out += lineBreak }
      for text in above[item] { out += inner + text }
      out += inner + String(decoding: source.bytes[items[item]], as: UTF8.self) + (place < last ? "," : "")
      for (index, text) in behind[item].enumerated() { out += (index == 0 ? " " : inner + "  ") + text }
    }
    for text in tail { out += inner + text }
    return [Splice(open..<close, out + lineBreak + outer)]
  }

  /// The comments between the entries.
  private var comments: [Comment] {
    var found: [Comment] = []
    let starts = [open] + items.map(\.upperBound)
    for (start, end) in zip(starts, items.map(\.lowerBound) + [close]) {
      var index = start
      while index < end {
        guard source.bytes[index] == UInt8(ascii: "#") else {
          index += 1
          continue
        }
        let range = index..<source.lineEnd(index)
        found.append(Comment(range: range, isOwnLine: source.indentation(before: index) != nil))
        index = range.upperBound
      }
    }
    return found
  }
}
