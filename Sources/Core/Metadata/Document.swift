import ByteStrings

/// One value of a document, with the bytes that it stands on.
///
/// A block collection or block scalar ends where its last content does: comments and blank lines behind it, and the line
/// break, are not in the range.
struct Node {
  struct Entry {
    var key: String
    var keyRange: Range<Int>
    var line: Int
    var column: Int
    /// The offset behind the colon; nil where there is none (`? key`, `{key}`).
    var colonEnd: Int?
    var value: Node

    /// From the key to the end of the value.
    var range: Range<Int> {
      keyRange.lowerBound..<max(keyRange.upperBound, colonEnd ?? 0, value.range.upperBound)
    }
  }

  enum Content {
    case scalar(String, ScalarStyle)
    case list([Node], flow: Bool)
    case map([Entry], flow: Bool)
  }

  var content: Content
  var range: Range<Int>

  var value: MetadataValue {
    switch content {
    case .scalar(let text, let style): .scalar(text, plain: style == .plain)
    case .list(let items, _): .list(items.map(\.value))
    case .map(let entries, _): .map(entries.map { .init(key: $0.key, value: $0.value.value, line: $0.line) })
    }
  }
}

/// A file's one mapping.
struct Document {
  let source: SourceText
  /// The mapping; nil when the file holds nothing but comments.
  let root: Node?
  /// Where more keys can follow: the `...` that ends the document, or the end of the file.
  let end: Int

  /// Parses and refuses whatever is not one mapping of plain data.
  init(_ bytes: [UInt8]) throws(MetadataError) {
    try InputCheck.check(bytes)
    source = SourceText(bytes)
    var composer = Composer(source: source, parser: try YAMLParser(bytes))
    (root, end) = try composer.document()
  }

  /// The top-level entries in the order of the file.
  var entries: [Node.Entry] {
    guard case .map(let entries, _) = root?.content else { return [] }
    return entries
  }
}

/// Builds the nodes from the events.
private struct Composer: ~Copyable {
  let source: SourceText
  var parser: YAMLParser
  var count = 0

  init(source: SourceText, parser: consuming YAMLParser) {
    self.source = source
    self.parser = parser
  }

  mutating func document() throws(MetadataError) -> (Node?, end: Int) {
    _ = try parser.next()
    guard case .documentStart = try parser.next().kind else { return (nil, source.bytes.count) }
    let first = try parser.next()
    var root: Node? = try node(first, depth: 0)
    switch root?.content {
    case .map: break
    case .scalar("", .plain) where first.start.offset == first.end.offset: root = nil
    default: throw first.start.error("the file is not a mapping; write `key: value` lines")
    }
    let documentEnd = try parser.next()
    let after = try parser.next()
    guard case .streamEnd = after.kind else {
      throw after.start.error("the file holds several documents; keep one, without `---` in between")
    }
    guard case .documentEnd(explicit: true) = documentEnd.kind else { return (root, source.bytes.count) }
    return (root, source.lineStart(documentEnd.start.offset))
  }

  private mutating func node(_ event: YAMLEvent, depth: Int) throws(MetadataError) -> Node {
    count += 1
    guard count <= Limits.values else {
      throw event.start.error(
        "the file holds more than \(Limits.values) values; move what is not metadata elsewhere")
    }
    guard !event.isMarked else {
      throw event.start.error("anchors and explicit tags are not taken; write the value itself")
    }
    let start = event.start.offset
    switch event.kind {
    case .scalar(let text, let style):
      let end = style.isBlock ? source.blockScalarEnd(start, event.end.offset) : event.end.offset
      return Node(content: .scalar(text, style), range: start..<max(start, end))
    case .listStart(let flow):
      let (items, end) = try list(event.start, depth: depth + 1)
      return Node(
        content: .list(items, flow: flow), range: start..<(flow ? end : items.last?.range.upperBound ?? start)
      )
    case .mapStart(let flow):
      let (entries, end) = try map(event.start, depth: depth + 1)
      return Node(
        content: .map(entries, flow: flow),
        range: start..<(flow ? end : entries.last?.range.upperBound ?? start))
    case .alias: throw event.start.error("aliases are not taken; write the value itself")
    default: throw event.start.error("a value is missing here")
    }
  }

  private func checkDepth(_ depth: Int, _ position: Position) throws(MetadataError) {
    guard depth <= Limits.depth else {
      throw position.error("values are nested deeper than \(Limits.depth) levels; write them flatter")
    }
  }

  private mutating func list(_ start: Position, depth: Int) throws(MetadataError) -> ([Node], end: Int) {
    try checkDepth(depth, start)
    var items: [Node] = []
    while true {
      let event = try parser.next()
      if case .collectionEnd = event.kind { return (items, max(start.offset, event.end.offset)) }
      items.append(try node(event, depth: depth))
    }
  }

  private mutating func map(_ start: Position, depth: Int) throws(MetadataError) -> ([Node.Entry], end: Int) {
    try checkDepth(depth, start)
    var entries: [Node.Entry] = []
    var seen: Set<String> = []
    while true {
      let event = try parser.next()
      if case .collectionEnd = event.kind { return (entries, max(start.offset, event.end.offset)) }
      let key = try node(event, depth: depth)
      guard case .scalar(let text, let style) = key.content, !text.isEmpty, !style.isBlock else {
        throw event.start.error("a key must be a word; write `key: value`")
      }
      guard text != "<<" || style != .plain else {
        throw event.start.error("merge keys (`<<`) are not taken; write the keys themselves")
      }
      // Keys that merely look alike are one too: nobody could tell them apart, and readers differ over which one wins.
      guard seen.insert(text).inserted else {
        throw event.start.error("the key \(Quoting.visible(text)) is there twice; remove one of them")
      }
      var value = try node(try parser.next(), depth: depth)
      let separator = source.skipTrivia(key.range.upperBound)
      let colonEnd = source.byte(separator) == UInt8(ascii: ":") ? separator + 1 : nil
      if case .scalar("", .plain) = value.content {
        // libyaml puts an empty value at the next token, which may stand lines further down.
        let place = colonEnd ?? key.range.upperBound
        value.range = place..<place
      }
      entries.append(
        Node.Entry(
          key: text, keyRange: key.range, line: event.start.line, column: event.start.column,
          colonEnd: colonEnd,
          value: value))
    }
  }
}
