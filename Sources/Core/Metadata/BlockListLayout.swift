/// The items of a block list, one or more lines each, and how items are taken out, put in and put in another order.
struct BlockListLayout {
  let source: SourceText
  /// The lines of each item, with the comments that are its.
  let lines: EntryLines
  /// The blanks before each dash.
  let indentation: String

  /// - Returns: nil where an item shares its lines with something else, or is laid out in a way not understood.
  init?(_ document: Document, _ value: Node, _ nodes: [Node]) {
    let source = document.source
    var items: [Range<Int>] = []
    var indentation: ArraySlice<UInt8> = []
    for node in nodes {
      var dash = node.start - 1
      while let byte = source.byte(dash), source.isBlank(byte) || source.breakLength(before: dash + 1) > 0 {
        dash -= 1
      }
      guard source.byte(dash) == UInt8(ascii: "-"), let prefix = source.indentation(before: dash),
        source.restOfLineIsTrivia(node.range.upperBound)
      else { return nil }
      items.append(dash..<node.range.upperBound)
      indentation = prefix
    }
    guard let first = items.first else { return nil }
    // The comments above the first item may go up to the line of the key.
    let top = source.commentLines(above: source.lineStart(first.lowerBound), notBefore: document.start)
    guard
      let lines = EntryLines(source, items, from: top, to: document.end, isFile: false)
    else { return nil }
    self.source = source
    self.lines = lines
    self.indentation = String(decoding: indentation, as: UTF8.self)
  }

  /// Takes the lines of the items of `run` out.
  func remove(_ run: Range<Int>) -> [Splice] { run.map { source.removeLines(lines.ranges[$0]) } }

  /// Puts lines for `texts` in, so that the first of them becomes item `index`.
  func insert(_ texts: [String], at index: Int) -> [Splice] {
    guard !texts.isEmpty else { return [] }
    let lineBreak = String(decoding: source.lineBreak, as: UTF8.self)
    let new = texts.map { indentation + "- " + $0 }
    if index == 0 {
      return [.insert(new.map { $0 + lineBreak }.joined(), at: lines.ranges[0].lowerBound)]
    }
    // At the line's end and not the next line's beginning: the last line of a file may have no break.
    return [.insert(new.map { lineBreak + $0 }.joined(), at: lines.ranges[index - 1].upperBound)]
  }

  /// Puts at each place the lines of the item that `order` names for it.
  func reorder(_ order: [Int]) -> [Splice] {
    zip(lines.ranges, order).map { Splice($0, Array(source.bytes[lines.ranges[$1]])) }
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
