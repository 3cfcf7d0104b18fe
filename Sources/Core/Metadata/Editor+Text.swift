import ByteStrings

/// Changes of a key to a text.
extension Editor {
  func textChanges(_ entry: Node.Entry, _ text: String) -> [[Splice]] {
    guard case .scalar(let old, let style) = entry.value.content else {
      return [inline(entry, writer.scalar(text))]
    }
    if style.isBlock {
      return [blockScalar(entry, text), inline(entry, writer.scalar(text))].compactMap { $0 }
    }
    let isEmpty = entry.value.range.isEmpty
    return [inline(entry, writer.scalar(text, style: style, replacing: isEmpty ? nil : old))]
  }

  /// Puts `text` where the value stands, or behind the colon where the value takes lines of its own.
  func inline(_ entry: Node.Entry, _ text: String) -> [Splice] {
    let range = entry.value.range
    guard let colonEnd = entry.colonEnd else { return [.insert(": " + text, at: entry.keyRange.upperBound)] }
    switch entry.value.content {
    case .scalar(_, let style) where style.isBlock:
      return [Splice(range.lowerBound..<source.blockHeaderEnd(range.lowerBound), text)] + [
        blockContent(entry.value)
      ]
    case .list(_, flow: false), .map(_, flow: false):
      guard source.indentation(before: range.lowerBound) != nil else { return [Splice(range, text)] }
      // The comments between the key and the first item are the value's as well.
      let top = source.commentLines(above: source.lineStart(range.lowerBound), notBefore: colonEnd)
      return [.insert(" " + text, at: colonEnd), source.removeLines(top..<range.upperBound)]
    default:
      return range.isEmpty ? [.insert(" " + text, at: colonEnd)] : [Splice(range, text)]
    }
  }

  /// Takes out the lines below a block scalar's header.
  private func blockContent(_ node: Node) -> Splice {
    let first = source.nextLine(node.range.lowerBound)
    guard first <= node.range.upperBound, source.breakLength(before: first) > 0 else {
      return Splice(node.range.upperBound..<node.range.upperBound)
    }
    return source.removeLines(first..<node.range.upperBound)
  }

  private func blockScalar(_ entry: Node.Entry, _ text: String) -> [Splice]? {
    let range = entry.value.range
    let first = source.nextLine(range.lowerBound)
    guard source.breakLength(before: first) > 0, let root = document.root,
      let parent = source.indentation(before: root.range.lowerBound)?.count
    else { return nil }
    var end = first <= range.upperBound ? source.nextLine(range.upperBound) : first
    let endsFile = source.breakLength(before: end) == 0
    let old = source.bytes[first..<end].drop { source.isBlank($0) || $0 == 0x0A || $0 == 0x0D }
    let indentation = old.startIndex - source.lineStart(old.startIndex)
    guard
      let block = BlockScalarWriter(
        text, indentation: old.isEmpty ? parent + 2 : min(max(indentation, parent + 1), parent + 9),
        parent: parent,
        lineBreak: source.lineBreak, endsFile: endsFile)
    else { return nil }
    if block.keepsBlankLines { end = source.skipBlankLines(end) }
    return [
      Splice(range.lowerBound..<source.blockHeaderEnd(range.lowerBound), block.header),
      Splice(first..<end, block.content),
    ]
  }
}
