import ByteStrings

/// Changes of a key to a list, item by item where that can be.
extension Editor {
  func listChanges(_ entry: Node.Entry, _ texts: [String]) -> [[Splice]] {
    let whole = inline(entry, writer.flowList(texts))
    guard case .list(let items, let flow) = entry.value.content, !items.isEmpty, !texts.isEmpty else {
      return [whole]
    }
    guard let layout = ListLayout(document, entry.value) else {
      return flow ? [whole] : [blockList(entry.value, texts), whole]
    }
    let changes = change(items, texts, layout, inFlow: flow || inFlow)
    return flow ? [changes, whole] : [changes, blockList(entry.value, texts), whole]
  }

  /// The change of one of ``steps``: texts in place, items out, in another order, or in.
  private func change(_ items: [Node], _ texts: [String], _ layout: ListLayout, inFlow: Bool) -> [Splice] {
    let writer = ScalarWriter(inFlow: inFlow, isKnownKey: self.writer.isKnownKey, isJSON: document.isJSON)
    var unused: [[UInt8]: [Int]] = [:]
    for (index, item) in items.enumerated().reversed() {
      if case .scalar(let text, _) = item.content, reads(item, as: text) {
        unused[Array(text.utf8), default: []].append(index)
      }
    }
    let places = texts.map { unused[Array($0.utf8)]?.popLast() }
    let order = places.compactMap { $0 }
    if order.count == items.count, texts.count == items.count { return layout.reorder(order) }
    if order.count == texts.count {
      let stays = Set(order)
      return runs(items.indices.filter { !stays.contains($0) }).flatMap(layout.remove)
    }
    if texts.count == items.count { return inPlace(items, texts, writer) }
    guard order.count == items.count else { return [] }
    let style = items.lazy.compactMap(Self.style).first ?? .plain
    var splices: [Splice] = []
    var new: [String] = []
    var next = 0
    for (text, place) in zip(texts, places) {
      if let place {
        splices += layout.insert(new, at: place)
        new = []
        next = place + 1
      } else {
        new.append(writer.scalar(text, style: style))
      }
    }
    return splices + layout.insert(new, at: next)
  }

  private static func style(_ node: Node) -> ScalarStyle? {
    guard case .scalar(_, let style) = node.content, !style.isBlock else { return nil }
    return style
  }

  private func inPlace(_ items: [Node], _ texts: [String], _ writer: ScalarWriter) -> [Splice] {
    zip(items, texts).filter { !reads($0, as: $1) }.map { item, text in
      guard case .scalar(let old, let style) = item.content, !style.isBlock else {
        return Splice(item.range, writer.scalar(text))
      }
      let new = writer.scalar(text, style: style, replacing: old)
      return item.range.isEmpty ? .insert(" " + new, at: item.range.lowerBound) : Splice(item.range, new)
    }
  }

  /// Numbers in ascending order as runs without gaps.
  private func runs(_ numbers: [Int]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for number in numbers {
      if let last = runs.last, last.upperBound == number {
        runs[runs.count - 1] = last.lowerBound..<(number + 1)
      } else {
        runs.append(number..<(number + 1))
      }
    }
    return runs
  }

  /// All lines of a block list written anew, with its indentation.
  private func blockList(_ node: Node, _ texts: [String]) -> [Splice] {
    let start = source.lineStart(node.range.lowerBound)
    guard let indentation = source.indentation(before: node.range.lowerBound) else { return [] }
    let prefix = String(decoding: indentation, as: UTF8.self)
    let lines = texts.map { prefix + "- " + writer.scalar($0) }.joined(separator: lineBreak)
    return [Splice(start..<source.lineEnd(node.range.upperBound), lines)]
  }
}
