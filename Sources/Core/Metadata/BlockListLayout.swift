/// The items of a block list, one or more lines each, and how items are taken out and put in.
struct BlockListLayout {
  let source: SourceText
  let items: [Range<Int>]
  /// The blanks before each dash.
  let indentation: String

  /// - Returns: nil where an item shares its lines with something else, or is laid out in a way not understood.
  init?(_ source: SourceText, _ nodes: [Node]) {
    var items: [Range<Int>] = []
    var indentation: ArraySlice<UInt8> = []
    for node in nodes {
      guard case .scalar(_, let style) = node.content, !style.isBlock else { return nil }
      var dash = node.range.lowerBound - 1
      while let byte = source.byte(dash), source.isBlank(byte) || source.breakLength(before: dash + 1) > 0 {
        dash -= 1
      }
      guard source.byte(dash) == UInt8(ascii: "-"), let prefix = source.indentation(before: dash),
        source.restOfLineIsTrivia(node.range.upperBound)
      else { return nil }
      items.append(dash..<node.range.upperBound)
      indentation = prefix
    }
    guard !items.isEmpty else { return nil }
    self.source = source
    self.items = items
    self.indentation = String(decoding: indentation, as: UTF8.self)
  }

  /// Takes the lines of the items of `run` out.
  func remove(_ run: Range<Int>) -> [Splice] { run.map { source.removeLines(items[$0]) } }

  /// Puts lines for `texts` in, so that the first of them becomes item `index`.
  func insert(_ texts: [String], at index: Int) -> [Splice] {
    guard !texts.isEmpty else { return [] }
    let lineBreak = String(decoding: source.lineBreak, as: UTF8.self)
    let lines = texts.map { indentation + "- " + $0 }
    if index == 0 {
      return [.insert(lines.map { $0 + lineBreak }.joined(), at: source.lineStart(items[0].lowerBound))]
    }
    // At the line's end and not the next line's beginning: the last line of a file may have no break.
    return [.insert(lines.map { lineBreak + $0 }.joined(), at: source.lineEnd(items[index - 1].upperBound))]
  }
}

extension SourceText {
  /// Takes out the lines that `range` stands on; a file that ends without a line break goes on to do so.
  func removeLines(_ range: Range<Int>) -> Splice {
    let start = lineStart(range.lowerBound)
    let end = nextLine(range.upperBound)
    let endsFile = end == bytes.count && breakLength(before: end) == 0
    return Splice((endsFile ? start - breakLength(before: start) : start)..<end)
  }
}
