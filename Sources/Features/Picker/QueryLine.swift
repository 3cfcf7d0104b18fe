/// The line that a person types, edited as readline(3) does it.
public struct QueryLine: Equatable, Sendable {
  /// The most characters that are taken.
  public static let limit = 500
  private var characters: [Character] = []
  private var cursor = 0
  private var deleted: [Character] = []

  /// A line with this text, and the cursor behind it.
  public init(_ text: String = "") { insert(text) }

  /// What was typed.
  public var text: String { String(characters) }
  /// What stands before the cursor.
  public var beforeCursor: String { String(characters[..<cursor]) }
  /// What stands at the cursor and behind it.
  public var behindCursor: String { String(characters[cursor...]) }

  /// Edits the line.
  ///
  /// - Returns: whether the text has changed; nil for a key that is not for the line.
  public mutating func edit(_ key: Key) -> Bool? {
    let before = characters
    switch key {
    case .text(let text): insert(text)
    case .left: cursor = max(0, cursor - 1)
    case .right: cursor = min(characters.count, cursor + 1)
    case .wordLeft: cursor = wordStart
    case .wordRight: cursor = wordEnd
    case .home: cursor = 0
    case .end: cursor = characters.count
    case .backspace: remove(max(0, cursor - 1)..<cursor, keeping: false)
    case .delete, .deleteOrLeave: remove(cursor..<min(characters.count, cursor + 1), keeping: false)
    case .killBefore: remove(0..<cursor)
    case .killWordBefore: remove(wordStart..<cursor)
    case .killWordBehind: remove(cursor..<wordEnd)
    case .yank: insert(String(deleted))
    default: return nil
    }
    return characters != before
  }

  private mutating func insert(_ text: String) {
    let new = Array(text.prefix(max(0, Self.limit - characters.count)))
    let behind = characters.count - cursor
    // A mark that combines with the character before makes one of both.
    characters = Array(String(characters[..<cursor] + new) + String(characters[cursor...]))
    cursor = max(0, characters.count - behind)
  }

  private mutating func remove(_ range: Range<Int>, keeping: Bool = true) {
    if keeping, !range.isEmpty { deleted = Array(characters[range]) }
    characters.removeSubrange(range)
    cursor = range.lowerBound
  }

  private var wordStart: Int {
    var place = cursor
    while place > 0, characters[place - 1].isWhitespace { place -= 1 }
    while place > 0, !characters[place - 1].isWhitespace { place -= 1 }
    return place
  }

  private var wordEnd: Int {
    var place = cursor
    while place < characters.count, characters[place].isWhitespace { place += 1 }
    while place < characters.count, !characters[place].isWhitespace { place += 1 }
    return place
  }
}
