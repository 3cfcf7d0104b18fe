import SystemSupport

/// A comment, from its `#` to the end of its line.
struct Comment {
  let range: Range<Int>
  /// Whether only blanks stand before it.
  let isOwnLine: Bool
}

extension Document {
  /// Every comment, in the order of the file.
  var comments: [Comment] {
    var leaves: [Range<Int>] = []
    if let root { collect(root, &leaves) }
    var found: [Comment] = []
    var index = source.firstByte
    for leaf in leaves + [source.bytes.count..<source.bytes.count] {
      while index < leaf.lowerBound { skip(&index, before: leaf.lowerBound, &found) }
      index = max(index, leaf.upperBound)
    }
    return found
  }

  /// What is neither a blank, an indicator nor a comment.
  private func collect(_ node: Node, _ leaves: inout [Range<Int>]) {
    switch node.content {
    case .scalar(_, let style) where style.isBlock:
      let header = source.blockHeaderEnd(node.range.lowerBound)
      leaves.append(node.range.lowerBound..<header)
      let first = source.nextLine(header)
      if first < node.range.upperBound { leaves.append(first..<node.range.upperBound) }
    case .scalar, .alias: leaves.append(node.range)
    case .list(let items, _): for item in items { collect(item, &leaves) }
    case .map(let entries, _):
      for entry in entries {
        leaves.append(entry.keyRange)
        collect(entry.value, &leaves)
      }
    }
  }

  private func skip(_ index: inout Int, before end: Int, _ found: inout [Comment]) {
    switch source.bytes[index] {
    case UInt8(ascii: "#"):
      let range = index..<source.lineEnd(index)
      found.append(Comment(range: range, isOwnLine: source.indentation(before: index) != nil))
      index = range.upperBound
    case UInt8(ascii: "&"), UInt8(ascii: "!"), UInt8(ascii: "*"): index = source.propertyEnd(index)
    default: index += 1
    }
  }
}

/// The lines of the entries of a block collection, with the comments that are an entry's.
///
/// A comment belongs to the entry that it stands behind, or above with no blank line between, or below and deeper than. Others
/// belong to the collection, and so does the one that opens a file.
struct EntryLines {
  /// For each entry from the beginning of its first line to the end of its last, the line break not included.
  let ranges: [Range<Int>]

  /// - Parameters:
  ///   - entries: each from its key or dash to the end of its value.
  ///   - start: where the line begins above which nothing belongs to the collection.
  ///   - end: where no line belongs to it any more.
  ///   - isFile: whether a comment that begins at `start` belongs to the file.
  /// - Returns: nil where an entry shares its lines with something else.
  init?(_ source: SourceText, _ entries: [Range<Int>], from start: Int, to end: Int, isFile: Bool) {
    var ranges: [Range<Int>] = []
    var floor = start
    for entry in entries {
      guard let indentation = source.indentation(before: entry.lowerBound) else { return nil }
      let own = source.lineStart(entry.lowerBound)
      guard own >= floor else { return nil }
      var first = source.commentLines(above: own, notBefore: floor)
      if isFile, ranges.isEmpty, first == start { first = own }
      let last = source.commentLines(below: entry.upperBound, deeperThan: indentation.count, before: end)
      ranges.append(first..<last)
      floor = source.nextLine(last)
    }
    self.ranges = ranges
  }

  /// The entry that the place belongs to.
  func owner(of place: Int) -> Int? {
    let first = ranges.partitionPoint { $0.upperBound > place }
    return first < ranges.count && ranges[first].contains(place) ? first : nil
  }
}

extension SourceText {
  /// Whether nothing but a comment stands in the line that begins at `line`.
  func isCommentLine(_ line: Int) -> Bool {
    bytes[line..<lineEnd(line)].first { !isBlank($0) } == UInt8(ascii: "#")
  }

  /// Where the comments begin that stand directly above the line that begins at `line`; `line` where there are none.
  func commentLines(above line: Int, notBefore floor: Int) -> Int {
    var first = line
    while first > floor {
      let above = lineStart(first - breakLength(before: first))
      guard above >= floor, above < first, isCommentLine(above) else { break }
      first = above
    }
    return first
  }

  /// The end of the line of `place`, or of the comments below it that are indented deeper than `column`.
  func commentLines(below place: Int, deeperThan column: Int, before limit: Int) -> Int {
    var end = lineEnd(place)
    var line = nextLine(end)
    while line < limit, line > end {
      let mark = bytes[line..<lineEnd(line)].firstIndex { !isBlank($0) }
      if let mark {
        guard bytes[mark] == UInt8(ascii: "#"), mark - line > column else { break }
        end = lineEnd(line)
      }
      guard nextLine(line) > line else { break }
      line = nextLine(line)
    }
    return end
  }

  /// The place of the `?` that stands alone before a key in its line; `key` where there is none.
  func questionMark(before key: Int) -> Int {
    let prefix = bytes[lineStart(key)..<key]
    guard let mark = prefix.firstIndex(where: { !isBlank($0) }), bytes[mark] == UInt8(ascii: "?"),
      prefix[(mark + 1)...].allSatisfy(isBlank)
    else { return key }
    return mark
  }

  /// Where the value begins that has its anchor and tag, in any order, at `start`.
  func behindProperties(_ start: Int) -> Int {
    var index = start
    while let first = byte(index), first == UInt8(ascii: "&") || first == UInt8(ascii: "!") {
      index = skipTrivia(propertyEnd(index))
    }
    return index
  }

  /// Behind an anchor, an alias or a tag.
  func propertyEnd(_ start: Int) -> Int {
    var end = start + 1
    while let next = byte(end), !isBlank(next), breakLength(at: end) == 0, !",[]{}".utf8.contains(next) {
      end += 1
    }
    return end
  }
}

/// Whose each comment of a document is, as texts: what has to be the same before and after an edit of `key`.
struct CommentOwners {
  /// Those of the file.
  private(set) var file: [String] = []
  /// Those of each key, by its place among the keys.
  private(set) var keys: [[String]]
  /// Those of `key` that stand at none of its items, and not inside another value.
  private(set) var outside: [String] = []
  /// Those of the items of `key`, by the item's text; nil where two have the same.
  private(set) var items: [String: [String]?] = [:]

  init(_ document: Document, key index: Int?) {
    let source = document.source
    let entries = document.entries
    keys = Array(repeating: [], count: entries.count)
    let comments = document.comments
    if comments.isEmpty { return }
    let value = index.map { entries[$0].value }
    let layout = value.flatMap { ListLayout(document, $0) }
    let texts = value.map(Self.texts) ?? []
    for text in texts { items[text] = items.keys.contains(text) ? .some(nil) : .some([]) }
    let owner = document.ownerOfKeys
    // The line that ends a document goes with its last key.
    let endLine = document.end..<source.nextLine(document.end)
    for comment in comments where !endLine.contains(comment.range.lowerBound) {
      let text = String(decoding: source.bytes[comment.range], as: UTF8.self)
      guard let key = owner(comment) else {
        file.append(text)
        continue
      }
      keys[key].append(text)
      guard key == index, let value else { continue }
      if let layout, let item = layout.owner(of: comment) {
        if case .some(.some(let list)) = items[texts[item]] { items[texts[item]] = .some(list + [text]) }
      } else if layout != nil || !Self.isInside(comment, value) {
        outside.append(text)
      }
    }
  }

  /// Whether `new` has what is to stay of this.
  ///
  /// - Parameters:
  ///   - old: the edited key's place among the keys here.
  ///   - place: its place there; nil where it is taken out.
  func isKept(in new: CommentOwners, editing old: Int?, _ place: Int?) -> Bool {
    // When the first key is removed, a comment above the next one opens the file; when the last item is removed, a comment
    // below it may be the file's.
    func others(_ owners: CommentOwners, _ index: Int?) -> [[String]] {
      let keys = owners.keys.indices.filter { $0 != index }.map { owners.keys[$0] }
      let loose = owners.file + (keys.first ?? []) + (place == nil ? [] : owners.outside)
      return [loose.sorted()] + keys.dropFirst()
    }
    guard others(self, old) == others(new, place) else { return false }
    guard place != nil else { return true }
    return new.items.allSatisfy { text, comments in
      guard let comments else { return true }
      // Where it stood there twice, either's remarks will do.
      return items.keys.contains(text)
        ? items[text] == .some(nil) || items[text] == .some(comments) : comments.isEmpty
    }
  }

  private static func isInside(_ comment: Comment, _ value: Node) -> Bool {
    if case .scalar = value.content { return false }
    return value.range.contains(comment.range.lowerBound)
  }

  private static func texts(_ value: Node) -> [String] {
    guard case .list(let items, _) = value.content else { return [] }
    return items.enumerated().map { index, item in
      if case .scalar(let text, _) = item.content { return text }
      // No item of texts has this one.
      return "\0\(index)"
    }
  }
}

extension Document {
  /// The key that a comment belongs to, by its place among the keys; nil for the file.
  var ownerOfKeys: (Comment) -> Int? {
    guard case .map(let entries, let flow) = root?.content, !entries.isEmpty else { return { _ in nil } }
    if flow, let root {
      let layout = FlowLayout(source: source, items: entries.map(\.range), open: root.range.lowerBound + 1)
      let range = root.range
      return { range.contains($0.range.lowerBound) ? layout.owner(of: $0) : nil }
    }
    guard let lines else { return { _ in nil } }
    return { lines.owner(of: $0.range.lowerBound) }
  }

  /// The lines of the keys, where the file's mapping is not in braces.
  var lines: EntryLines? {
    guard case .map(let entries, flow: false) = root?.content else { return nil }
    let ranges = entries.map { source.questionMark(before: $0.range.lowerBound)..<$0.range.upperBound }
    return EntryLines(source, ranges, from: start, to: end, isFile: true)
  }
}
