import ByteStrings

/// Works out the changes of bytes for one change of a key.
struct Editor {
  let document: Document
  let key: String
  let value: ProjectMetadata.Assignment?

  var source: SourceText { document.source }
  var lineBreak: String { String(decoding: source.lineBreak, as: UTF8.self) }
  var entry: Node.Entry? { document.entries.first { isKey($0) } }

  private func isKey(_ entry: Node.Entry) -> Bool { entry.key.utf8.elementsEqual(key.utf8) }

  var inFlow: Bool {
    guard case .map(_, flow: true) = document.root?.content else { return false }
    return true
  }

  var writer: ScalarWriter {
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

  /// The value as the file is to hold it: a set becomes a list, or a text with commas.
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

  func reads(_ node: Node, as text: String) -> Bool {
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
    // Behind the last key and its comments, so that all other comments keep their places.
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
}
