/// The entries between one pair of brackets or braces, and how entries are taken out and put in.
struct FlowLayout {
  let source: SourceText
  /// Each entry from its first byte to its last, commas not included.
  let items: [Range<Int>]
  /// The offset behind the opening bracket.
  let open: Int

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

  private var lineBreak: String { String(decoding: source.lineBreak, as: UTF8.self) }

  /// Takes the entries of `run` out.
  func remove(_ run: Range<Int>) -> [Splice] {
    guard let first = run.first, let last = run.last else { return [] }
    let isTail = last == items.count - 1
    var splices: [Splice] = []
    if isTail, first > 0, let comma = comma(after: first - 1), self.comma(after: last) == nil {
      splices.append(Splice(comma..<(comma + 1)))
    }
    let start = items[first].lowerBound
    if ownIndentation(first) != nil, source.restOfLineIsTrivia(behindComma(last)) {
      return splices + [Splice(source.lineStart(start)..<source.nextLine(behindComma(last)))]
    }
    if !isTail { return [Splice(start..<items[last + 1].lowerBound)] }
    if first == 0 { return [Splice(start..<behindComma(last))] }
    let previous = behindComma(first - 1)
    let hasOnlyBlanks = source.bytes[previous..<start].allSatisfy(source.isBlank)
    return splices + [Splice((hasOnlyBlanks ? previous : start)..<behindComma(last))]
  }

  /// `key:,` would be read as one word.
  private func newComma(after index: Int) -> String {
    source.byte(items[index].upperBound - 1) == UInt8(ascii: ":") ? " ," : ","
  }

  /// Puts `texts` in, so that the first of them becomes entry `index`.
  func insert(_ texts: [String], at index: Int) -> [Splice] {
    guard !texts.isEmpty else { return [] }
    guard let last = items.indices.last else { return [.insert(texts.joined(separator: ", "), at: open)] }
    if index <= last {
      let separator = ownIndentation(index).map { "," + lineBreak + $0 } ?? ", "
      return [.insert(texts.map { $0 + separator }.joined(), at: items[index].lowerBound)]
    }
    let hasComma = comma(after: last) != nil
    if let indentation = ownIndentation(last), source.restOfLineIsTrivia(behindComma(last)) {
      let lines = texts.map { lineBreak + indentation + $0 }.joined(separator: ",")
      return (hasComma ? [] : [.insert(newComma(after: last), at: items[last].upperBound)])
        + [.insert(lines + (hasComma ? "," : ""), at: source.lineEnd(behindComma(last)))]
    }
    return hasComma
      ? [.insert(texts.map { " " + $0 + "," }.joined(), at: behindComma(last))]
      : [.insert(newComma(after: last) + " " + texts.joined(separator: ", "), at: items[last].upperBound)]
  }
}
