import ByteStrings

extension ProjectMetadata {
  /// What a key is set to.
  public enum Assignment: Sendable {
    /// Text.
    case text(String)
    /// A list of texts.
    case list([String])
  }

  /// Sets one key of a file and keeps every byte that is not that key's: comments, order, quoting, line ends.
  ///
  /// The value keeps the style of the one it replaces where that can hold it; a new key goes to the end. The result is
  /// read again before it is returned, and must say what was asked for and leave all other keys as they were.
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
    let editor = Editor(document: try Document(bytes), key: key, value: value)
    if editor.isDone(in: editor.document.entries) { return bytes }
    var reason = editor.refusal
    for splices in editor.candidates() {
      guard let result = Splice.apply(splices, to: bytes) else { continue }
      guard result.count <= Limits.file else {
        reason = InputCheck.tooLarge
        continue
      }
      if let document = try? Document(result), editor.isDone(in: document.entries),
        editor.keepsOthers(document.entries)
      {
        return result
      }
    }
    throw reason
  }

  private static func checkTexts(_ key: String, _ value: Assignment?) throws(MetadataError) {
    var texts: [String] = []
    switch value {
    case .text(let text): texts = [text]
    case .list(let items): texts = items
    case nil: break
    }
    let shown = Quoting.visible(key)
    guard !key.isEmpty, key.unicodeScalars.count <= Limits.text, key != "<<", ScalarWriter.isPrintable(key)
    else {
      throw MetadataError(line: 1, column: 1, "\"\(shown)\" cannot be a key; use a short word")
    }
    for text in texts + [key] where text.utf8.contains(0) || ByteText.holdsRawBytes(text) {
      throw MetadataError(
        line: 1, column: 1, "\(shown) cannot be set to text with NUL or bytes that are not UTF-8; remove them"
      )
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

  private var writer: ScalarWriter { ScalarWriter(inFlow: inFlow, isKnownKey: ProjectMetadata.isKnown(key)) }

  /// Whether the key already has the value, to our own reader.
  func isDone(in entries: [Node.Entry]) -> Bool {
    let current = entries.first { isKey($0) }?.value
    switch value {
    case nil: return current == nil
    case .text(let text): return current.map { reads($0, as: text) } ?? false
    case .list(let texts):
      guard case .list(let items, _) = current?.content else { return false }
      return items.elementsEqual(texts) { reads($0, as: $1) }
    }
  }

  private func reads(_ node: Node, as text: String) -> Bool {
    guard case .scalar(let old, let style) = node.content, old.utf8.elementsEqual(text.utf8) else {
      return false
    }
    guard style == .plain else { return true }
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
    MetadataError(
      line: entry?.line ?? 1, column: entry?.column ?? 1,
      "\(Quoting.visible(key)) cannot be changed here without changing something else; edit the file by hand")
  }

  /// Ways to make the change, the one that touches least first.
  func candidates() -> [[Splice]] {
    guard let entry else { return value.map(additions) ?? [] }
    switch value {
    case nil: return removals(of: entry)
    case .text(let text): return textChanges(entry, text)
    case .list(let texts): return listChanges(entry, texts)
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
    let lines = source.removeLines(entry.range)
    let start = source.lineStart(entry.range.lowerBound)
    let end = source.nextLine(entry.range.upperBound)
    // Behind a block scalar that keeps its blank lines, those that followed this key would become part of it; one that
    // is then the last value needs its own line break.
    let withBlankLines = Splice(start..<source.skipBlankLines(end))
    // With no key left, `...` ends a document that never began.
    let withEnd = Splice(document.end..<source.nextLine(document.end))
    return [[lines], [Splice(start..<end)], [withBlankLines], [lines, withEnd]]
  }

  // MARK: A new key

  private func additions(_ value: ProjectMetadata.Assignment) -> [[Splice]] {
    let keyText = ScalarWriter(inFlow: inFlow, isKnownKey: false).scalar(key)
    let valueText =
      switch value {
      case .text(let text): writer.scalar(text)
      case .list(let texts): writer.flowList(texts)
      }
    let text = "\(keyText): \(valueText)"
    if let layout = entryLayout { return [layout.insert([text], at: document.entries.count)] }
    let indentation =
      (document.root?.range.lowerBound).flatMap { source.indentation(before: $0) } ?? []
    let line = String(decoding: indentation, as: UTF8.self) + text
    let end = document.end
    let isFresh = source.lineStart(end) == end
    let isBare = source.bytes.isEmpty || source.bytes == InputCheck.byteOrderMark
    let atEnd: Splice = .insert(isFresh || isBare ? line + lineBreak : lineBreak + line, at: end)
    // A block scalar that the end of the file cuts short would change with a line break behind it.
    let beforeLast = document.entries.last.map {
      [Splice.insert(line + lineBreak, at: source.lineStart($0.keyRange.lowerBound))]
    }
    return [[atEnd]] + (beforeLast.map { [$0] } ?? [])
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
      return [.insert(" " + text, at: colonEnd), source.removeLines(range)]
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
    if flow {
      let layout = FlowLayout(
        source: source, items: items.map(\.range), open: entry.value.range.lowerBound + 1)
      return [merge(items, texts, inFlow: true, remove: layout.remove, insert: layout.insert), whole]
    }
    let lines = blockList(entry.value, texts)
    guard let layout = BlockListLayout(source, items) else { return [lines, whole] }
    return [merge(items, texts, inFlow: false, remove: layout.remove, insert: layout.insert), lines, whole]
  }

  /// Keeps the items at both ends that stay as they are, with their comments, and changes those between.
  private func merge(
    _ items: [Node], _ texts: [String], inFlow: Bool, remove: (Range<Int>) -> [Splice],
    insert: ([String], Int) -> [Splice]
  ) -> [Splice] {
    let common = min(items.count, texts.count)
    let head = (0..<common).first { !reads(items[$0], as: texts[$0]) } ?? common
    let tail =
      (0..<(common - head)).first { !reads(items[items.count - 1 - $0], as: texts[texts.count - 1 - $0]) }
      ?? common - head
    let replaced = head..<(common - tail)
    let writer = ScalarWriter(inFlow: inFlow, isKnownKey: self.writer.isKnownKey)
    var style = ScalarStyle.plain
    if case .scalar(_, let first) = items[0].content, !first.isBlock { style = first }
    var splices: [Splice] = []
    for index in replaced {
      guard case .scalar(let old, let style) = items[index].content, !style.isBlock else { return [] }
      let text = writer.scalar(texts[index], style: style, replacing: old)
      let range = items[index].range
      splices.append(range.isEmpty ? .insert(" " + text, at: range.lowerBound) : Splice(range, text))
    }
    splices += remove(replaced.upperBound..<(items.count - tail))
    let added = texts[replaced.upperBound..<(texts.count - tail)].map { writer.scalar($0, style: style) }
    return splices + insert(added, replaced.upperBound)
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
