/// The items of a list as they are laid out, and how items are taken out, put in and put in another order.
enum ListLayout {
  case block(BlockListLayout)
  case flow(FlowLayout)

  /// - Returns: nil where it is not a list, has no items, or is laid out in a way not understood.
  init?(_ document: Document, _ value: Node) {
    guard case .list(let items, let flow) = value.content, !items.isEmpty else { return nil }
    if flow {
      self = .flow(
        FlowLayout(source: document.source, items: items.map(\.range), open: value.range.lowerBound + 1))
    } else {
      guard let layout = BlockListLayout(document, value, items) else { return nil }
      self = .block(layout)
    }
  }

  /// The item that a comment belongs to.
  func owner(of comment: Comment) -> Int? {
    switch self {
    case .block(let layout): layout.lines.owner(of: comment.range.lowerBound)
    case .flow(let layout): layout.owner(of: comment)
    }
  }

  /// Takes items out, with their comments.
  func remove(_ run: Range<Int>) -> [Splice] {
    switch self {
    case .block(let layout): layout.remove(run)
    case .flow(let layout): layout.remove(run)
    }
  }

  /// Puts `texts` in, so that the first of them becomes item `index`.
  func insert(_ texts: [String], at index: Int) -> [Splice] {
    switch self {
    case .block(let layout): layout.insert(texts, at: index)
    case .flow(let layout): layout.insert(texts, at: index)
    }
  }

  /// Puts at each place the item that `order` names for it, with its comments.
  func reorder(_ order: [Int]) -> [Splice] {
    switch self {
    case .block(let layout): layout.reorder(order)
    case .flow(let layout): layout.reorder(order)
    }
  }
}

/// How a list becomes another: item by item, so that each keeps its comments and its quotes.
struct ListChange {
  /// The lists on the way, each from the one before by one kind of change: texts in place, taking out, another order, putting in.
  let steps: [[String]]

  /// - Parameters:
  ///   - old: the items' texts; nil for one that is not text.
  ///   - isCommented: whether an item has comments, which belong to it and not to what takes its place.
  init(from old: [String?], to new: [String], isCommented: (Int) -> Bool) {
    let kept = Self.matches(old, new)
    let stays = Set(kept.compactMap { $0 })
    var texts = old
    var isNew = kept.map { $0 == nil }
    if kept.compactMap({ $0 }).elementsEqual(stays.sorted()) {
      // The kept items are in order: new items between two of them take the places of old ones there.
      var (item, text) = (0, 0)
      while item < old.count || text < new.count {
        let (firstItem, firstText) = (item, text)
        while item < old.count, !stays.contains(item) { item += 1 }
        while text < new.count, kept[text] == nil { text += 1 }
        let (gone, come) = (firstItem..<item, firstText..<text)
        if !gone.contains(where: isCommented) {
          for (place, index) in zip(gone, come) {
            texts[place] = new[index]
            isNew[index] = false
          }
        }
        item += 1
        text += 1
      }
    }
    // What was put in place stays as well; an item to be taken out is nil from here on.
    let isPut = texts.indices.map { !stays.contains($0) && !Self.isSame(texts[$0], old[$0]) }
    var steps: [[String?]] = []
    if isPut.contains(true) { steps.append(texts) }
    let left = texts.indices.filter { stays.contains($0) || isPut[$0] }.map { texts[$0] }
    // A list without items has no form to keep, so where none stays the new ones come first.
    steps.append(left.isEmpty ? old + new : left)
    steps.append(zip(new, isNew).filter { !$0.1 }.map(\.0))
    steps.append(new)
    // A step that still has an item that is not text takes that out in the next.
    self.steps = steps.compactMap { step in
      let texts = step.compactMap { $0 }
      return texts.count == step.count && !texts.isEmpty ? texts : nil
    }
  }

  /// For each new text the old item that it is.
  private static func matches(_ old: [String?], _ new: [String]) -> [Int?] {
    var places: [[UInt8]: [Int]] = [:]
    for (index, text) in old.enumerated().reversed() {
      if let text { places[Array(text.utf8), default: []].append(index) }
    }
    return new.map { places[Array($0.utf8)]?.popLast() }
  }

  private static func isSame(_ left: String?, _ right: String?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return left.utf8.elementsEqual(right.utf8)
  }
}
