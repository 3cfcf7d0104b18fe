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
    /// A value that stands elsewhere in the file.
    case alias(MetadataValue)
  }

  var content: Content
  var range: Range<Int>
  /// Where it begins, with an anchor and a tag before it.
  var start: Int
  /// Whether it has a tag, so that it is not what it would be without quotes.
  var isTagged = false

  init(content: Content, range: Range<Int>) {
    self.content = content
    self.range = range
    start = range.lowerBound
  }

  var value: MetadataValue {
    switch content {
    case .scalar(let text, let style): .scalar(text, plain: style == .plain && !isTagged)
    case .alias(let value): value
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
  /// Where its lines begin, behind a byte order mark and `---`.
  let start: Int
  /// Where more keys can follow: the `...` that ends the document, or the end of the file.
  let end: Int

  /// Parses and refuses whatever is not one mapping of plain data.
  init(_ bytes: [UInt8]) throws(MetadataError) {
    try InputCheck.check(bytes)
    source = SourceText(bytes)
    var composer = Composer(source: source, parser: try YAMLParser(bytes))
    (root, start, end) = try composer.document()
  }

  /// Whether it is written as JSON is: in braces, with every key in double quotes.
  var isJSON: Bool {
    guard case .map(let entries, flow: true) = root?.content, !entries.isEmpty else { return false }
    return entries.allSatisfy { source.byte($0.keyRange.lowerBound) == UInt8(ascii: "\"") }
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
  /// The values that an anchor names, each with how many values it is and how deep they are nested.
  var anchored: [String: (value: MetadataValue, count: Int, depth: Int)] = [:]
  /// How deep the values are nested that were read since the last anchor began.
  var deepest = 0

  init(source: SourceText, parser: consuming YAMLParser) {
    self.source = source
    self.parser = parser
  }

  mutating func document() throws(MetadataError) -> (Node?, start: Int, end: Int) {
    _ = try parser.next()
    let begin = try parser.next()
    guard case .documentStart = begin.kind else { return (nil, source.firstByte, source.bytes.count) }
    let isMarked = begin.start.offset < begin.end.offset
    let top = isMarked ? source.nextLine(begin.end.offset) : source.firstByte
    let first = try parser.next()
    var root: Node? = try node(first, depth: 0)
    switch root?.content {
    case .map: break
    case .scalar("", .plain) where first.start.offset == first.end.offset: root = nil
    default: throw first.start.error(.notAMapping)
    }
    let documentEnd = try parser.next()
    let after = try parser.next()
    guard case .streamEnd = after.kind else {
      throw after.start.error(.severalDocuments)
    }
    guard case .documentEnd(explicit: true) = documentEnd.kind else {
      return (root, top, source.bytes.count)
    }
    return (root, top, source.lineStart(documentEnd.start.offset))
  }

  private mutating func node(_ event: YAMLEvent, depth: Int) throws(MetadataError) -> Node {
    try add(1, at: event.start)
    // With an anchor or a tag before it a value begins behind that.
    let isMarked = event.anchor != nil || event.tag != nil
    let start = isMarked ? source.behindProperties(event.start.offset) : event.start.offset
    let before = (count, deepest)
    deepest = depth
    var node: Node
    switch event.kind {
    case .scalar(let text, let style):
      let end = style.isBlock ? source.blockScalarEnd(start, event.end.offset) : event.end.offset
      node = Node(content: .scalar(text, style), range: start..<max(start, end))
    case .listStart(let flow):
      let (items, end) = try list(event.start, depth: depth + 1)
      node = Node(
        content: .list(items, flow: flow), range: start..<(flow ? end : items.last?.range.upperBound ?? start)
      )
    case .mapStart(let flow):
      let (entries, end) = try map(event.start, depth: depth + 1)
      node = Node(
        content: .map(entries, flow: flow),
        range: start..<(flow ? end : entries.last?.range.upperBound ?? start))
    case .alias(let name):
      // What it names is copied, and counted, each time: a few lines of aliases of aliases could make any number of
      // values.
      guard let copy = anchored[name] else {
        throw event.start.error(.unknownAlias(name))
      }
      try add(copy.count, at: event.start)
      try checkDepth(depth + copy.depth, event.start)
      deepest = depth + copy.depth
      node = Node(content: .alias(copy.value), range: start..<event.end.offset)
    default: throw event.start.error(.missingValue)
    }
    node.start = event.start.offset
    node.isTagged = event.tag != nil
    if let anchor = event.anchor {
      anchored[anchor] = (node.value, count - before.0 + 1, max(0, deepest - depth))
    }
    deepest = max(deepest, before.1)
    return node
  }

  private mutating func add(_ more: Int, at position: Position) throws(MetadataError) {
    count += more
    guard count <= Limits.values else {
      throw position.error(.manyValues)
    }
  }

  private func checkDepth(_ depth: Int, _ position: Position) throws(MetadataError) {
    guard depth <= Limits.depth else {
      throw position.error(.tooDeep)
    }
  }

  private mutating func list(_ start: Position, depth: Int) throws(MetadataError) -> ([Node], end: Int) {
    try checkDepth(depth, start)
    deepest = max(deepest, depth)
    var items: [Node] = []
    while true {
      let event = try parser.next()
      if case .collectionEnd = event.kind { return (items, max(start.offset, event.end.offset)) }
      items.append(try node(event, depth: depth))
    }
  }

  private mutating func map(_ start: Position, depth: Int) throws(MetadataError) -> ([Node.Entry], end: Int) {
    try checkDepth(depth, start)
    deepest = max(deepest, depth)
    var entries: [Node.Entry] = []
    var seen: Set<String> = []
    while true {
      let event = try parser.next()
      if case .collectionEnd = event.kind { return (entries, max(start.offset, event.end.offset)) }
      let key = try node(event, depth: depth)
      guard case .scalar(let text, let style) = key.content, !text.isEmpty || style != .plain, !style.isBlock
      else { throw event.start.error(.keyNotAWord) }
      // Keys that merely look alike are one too: nobody could tell them apart, and readers differ over which one wins.
      guard seen.insert(text).inserted else {
        throw event.start.error(.keyTwice(text))
      }
      let valueEvent = try parser.next()
      if depth == 1, let tag = valueEvent.tag, ProjectMetadata.isKnown(text), !Self.plainTags.contains(tag) {
        throw valueEvent.start.error(.unknownTag(tag, of: text))
      }
      var value = try node(valueEvent, depth: depth)
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

  /// The tags that say no more than what a value is anyway.
  private static let plainTags = ["!", "str", "seq", "map", "bool", "int", "float", "null", "timestamp"].map {
    $0 == "!" ? $0 : "tag:yaml.org,2002:" + $0
  }
}
