import ByteStrings

extension ProjectMetadata {
  /// What a key is set to.
  public enum Assignment: Sendable {
    /// Text.
    case text(String)
    /// A list of texts, in this order.
    case list([String])
    /// A list of texts whose order is the file's: those that stay keep their places, new ones go to the end.
    case set([String])
  }

  /// Sets one key of a file and keeps every byte that is not that key's: comments, order, quoting, line ends.
  ///
  /// The value keeps the style of the one it replaces where that can hold it, and the items of a list their comments; a new key
  /// goes to the end. A comment goes with what it belongs to. The result is read again before it is returned, and must say
  /// what was asked for and leave all other keys and comments as they were.
  ///
  /// - Parameters:
  ///   - bytes: the file; empty for one that is not there yet.
  ///   - value: the new value; nil takes the key out.
  /// - Throws: where the file cannot be read, where the key or value has no place in it, or where the layout of the file
  ///   does not allow the change.
  public static func edit(
    _ bytes: [UInt8], setting key: String, to value: Assignment?
  ) throws(MetadataError) -> [UInt8] {
    try checkTexts(key, value)
    var bytes = bytes
    var document = try Document(bytes)
    let value = Editor(document: document, key: key, value: value).resolved
    for step in Editor(document: document, key: key, value: value).steps {
      // A step on the way that cannot be made alone may still be made with the next.
      guard let result = try? Editor(document: document, key: key, value: step).apply(to: bytes),
        let next = try? Document(result)
      else { continue }
      (bytes, document) = (result, next)
    }
    return try Editor(document: document, key: key, value: value).apply(to: bytes)
  }

  private static func checkTexts(_ key: String, _ value: Assignment?) throws(MetadataError) {
    var texts: [String] = []
    switch value {
    case .text(let text): texts = [text]
    case .list(let items), .set(let items): texts = items
    case nil: break
    }
    guard !key.isEmpty, key.unicodeScalars.count <= Limits.text, key != "<<", ScalarWriter.isPrintable(key)
    else {
      throw MetadataError(.unusableKey(key))
    }
    for text in texts + [key] where text.utf8.contains(0) || ByteText.holdsRawBytes(text) {
      throw MetadataError(.unusableText(of: key))
    }
  }
}

/// Works out the changes of bytes for one change of a key.
struct Editor {
  let document: Document
  let key: String
  let value: ProjectMetadata.Assignment?

  private var source: SourceText { document.source }
  private var lineBreak: String { String(decoding: source.lineBreak, as: UTF8.self) }
  private var entry: Node.Entry? { document.entries.first { isKey($0) } }

  private func isKey(_ entry: Node.Entry) -> Bool { entry.key.utf8.elementsEqual(key.utf8) }

  private var inFlow: Bool {
    guard case .map(_, flow: true) = document.root?.content else { return false }
    return true
  }

  private var writer: ScalarWriter {
    ScalarWriter(inFlow: inFlow, isKnownKey: ProjectMetadata.isKnown(key), isJSON: document.isJSON)
  }

  /// Makes the change; the first of the ``candidates()`` that changes nothing else.
  func apply(to bytes: [UInt8]) throws(MetadataError) -> [UInt8] {
    if isDone(in: document.entries) { return bytes }
    var reason = refusal
    let index = document.entries.firstIndex(where: isKey)
    let owners = CommentOwners(document, key: index)
    for splices in candidates() {
      guard let result = Splice.apply(splices, to: bytes) else { continue }
      guard result.count <= Limits.file else {
        reason = MetadataError(.tooLarge)
        continue
      }
      guard let new = try? Document(result), isDone(in: new.entries), keepsOthers(new.entries) else {
        continue
      }
      let place = new.entries.firstIndex(where: isKey)
      if owners.isKept(in: CommentOwners(new, key: place), editing: index, place) { return result }
    }
    throw reason
  }

  /// The value with a set made the list, or the text with commas, that the file is to have.
  var resolved: ProjectMetadata.Assignment? {
    guard case .set(let wanted) = value else { return value }
    if wanted.isEmpty { return nil }
    let current: [String]
    switch entry?.value.content {
    case .list(let items, _): current = items.compactMap(\.value.text)
    case .scalar(let text, _) where entry?.value.value.text != nil: current = CommaList.items(of: text)
    default: return .list(wanted)
    }
    func key(_ text: String) -> [UInt8] {
      Array(text.utf8.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 })
    }
    let keys = Set(wanted.map(key))
    let old = Set(current.map(key))
    let texts = current.filter { keys.contains(key($0)) } + wanted.filter { !old.contains(key($0)) }
    if case .scalar = entry?.value.content, !texts.contains(where: { $0.utf8.contains(UInt8(ascii: ",")) }) {
      return .text(texts.joined(separator: ", "))
    }
    return .list(texts)
  }

  /// The lists on the way from the one that is there to the new one.
  var steps: [ProjectMetadata.Assignment] {
    guard case .list(let texts) = value, let value = entry?.value,
      case .list(let items, _) = value.content, let layout = ListLayout(document, value)
    else { return [] }
    let comments = document.comments
    let commented = Set(comments.compactMap { layout.owner(of: $0) })
    let old = items.map { item -> String? in
      guard case .scalar(let text, _) = item.content, reads(item, as: text) else { return nil }
      return text
    }
    return ListChange(from: old, to: texts) { commented.contains($0) }.steps.map { .list($0) }
  }

  /// Whether the key already has the value, to our own reader.
  func isDone(in entries: [Node.Entry]) -> Bool {
    let current = entries.first { isKey($0) }?.value
    switch value {
    case nil: return current == nil
    case .text(let text): return current.map { reads($0, as: text) } ?? false
    case .list(let texts), .set(let texts):
      guard case .list(let items, _) = current?.content else { return false }
      return items.elementsEqual(texts) { reads($0, as: $1) }
    }
  }

  private func reads(_ node: Node, as text: String) -> Bool {
    guard case .scalar(let old, let style) = node.content, old.utf8.elementsEqual(text.utf8) else {
      return false
    }
    guard style == .plain, !node.isTagged else { return true }
    switch CoreScalar(plain: old) {
    case .text: return true
    case .null: return false
    case .boolean, .integer: return ProjectMetadata.isKnown(key)
    }
  }

  /// Whether all other keys have the values they had, in the order they had.
  func keepsOthers(_ entries: [Node.Entry]) -> Bool {
    let old = document.entries.filter { !isKey($0) }
    let new = entries.filter { !isKey($0) }
    return old.elementsEqual(new) {
      $0.key.utf8.elementsEqual($1.key.utf8) && $0.value.value == $1.value.value
    }
  }

  /// What is said when no candidate does.
  var refusal: MetadataError {
    MetadataError(.entangled(key), line: entry?.line ?? 1, column: entry?.column ?? 1)
  }

  /// Ways to make the change, the one that touches least first.
  func candidates() -> [[Splice]] {
    guard let entry else { return value.map(additions) ?? [] }
    switch value {
    case nil: return removals(of: entry)
    case .text(let text): return textChanges(entry, text)
    case .list(let texts), .set(let texts): return listChanges(entry, texts)
    }
  }

  // MARK: Taking a key out

  private var entryLayout: FlowLayout? {
    guard inFlow, let root = document.root else { return nil }
    return FlowLayout(source: source, items: document.entries.map(\.range), open: root.range.lowerBound + 1)
  }

  private func removals(of entry: Node.Entry) -> [[Splice]] {
    if let layout = entryLayout, let index = document.entries.firstIndex(where: isKey) {
      return [layout.remove(index..<(index + 1))]
    }
    guard let index = document.entries.firstIndex(where: isKey), let range = document.lines?.ranges[index]
    else {
      return []
    }
    let lines = source.removeLines(range)
    let start = range.lowerBound
    let end = source.nextLine(range.upperBound)
    // Behind a block scalar that keeps its blank lines, those that followed this key would become part of it; one that
    // is then the last value needs its own line break.
    let withBlankLines = Splice(start..<source.skipBlankLines(end))
    // With no key left, `...` ends a document that never began.
    let withEnd = Splice(document.end..<source.nextLine(document.end))
    return [[lines], [Splice(start..<end)], [withBlankLines], [lines, withEnd]]
  }

  // MARK: A new key

  private func additions(_ value: ProjectMetadata.Assignment) -> [[Splice]] {
    let keyText = ScalarWriter(inFlow: inFlow, isKnownKey: false, isJSON: document.isJSON).scalar(key)
    let valueText =
      switch value {
      case .text(let text): writer.scalar(text)
      case .list(let texts), .set(let texts): writer.flowList(texts)
      }
    let text = "\(keyText): \(valueText)"
    if let layout = entryLayout { return [layout.insert([text], at: document.entries.count)] }
    let indentation =
      (document.root?.range.lowerBound).flatMap { source.indentation(before: $0) } ?? []
    let line = String(decoding: indentation, as: UTF8.self) + text
    // Behind the last key and its comments, so that others go on to stand below or above what they do.
    if let last = document.lines?.ranges.last {
      let end = last.upperBound
      // A block scalar that the end of the file cuts short would change with a line break behind it.
      return [
        [.insert(lineBreak + line, at: end)], [.insert(line + lineBreak, at: source.nextLine(end))],
        [.insert(line + lineBreak, at: last.lowerBound)],
      ]
    }
    let end = document.end
    let isFresh = source.lineStart(end) == end
    let isBare = source.bytes.isEmpty || source.bytes == InputCheck.byteOrderMark
    let lines = isFresh || isBare ? line + lineBreak : lineBreak + line
    // A comment right above would be the key's; one that opens the file may stand there.
    return [[.insert(lines, at: end)], [.insert(lineBreak + lines, at: end)]]
  }

  // MARK: Another value

  private func textChanges(_ entry: Node.Entry, _ text: String) -> [[Splice]] {
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
  private func inline(_ entry: Node.Entry, _ text: String) -> [Splice] {
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

  // MARK: Lists

  private func listChanges(_ entry: Node.Entry, _ texts: [String]) -> [[Splice]] {
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
