import ByteStrings

/// What a person does at the keyboard of a picker.
public enum Key: Equatable, Sendable {
  /// Text that was typed or pasted, without control characters.
  case text(String)
  /// Takes what is chosen.
  case enter
  /// Leaves without a choice.
  case leave
  /// Moves through the list.
  case up, down, pageUp, pageDown
  /// Moves through the query.
  case left, right, wordLeft, wordRight, home, end
  /// Deletes from the query.
  case backspace, delete, killBefore, killWordBefore, killWordBehind
  /// Deletes from the query, and leaves where that is empty.
  case deleteOrLeave
  /// Puts back what was deleted last.
  case yank
  /// Marks the project, and moves on or back.
  case mark, markUp
  /// Shows the preview or hides it.
  case preview
  /// Draws everything anew.
  case redraw
  /// Stops the process for a while.
  case suspend
}

/// Makes keys of the bytes that a terminal sends: control characters as readline(3) and fzf(1) use them, the sequences of
/// xterm and its kin, UTF-8, and text that is pasted between brackets.
///
/// A byte sequence may come in pieces. What no key has is passed over, and nothing is kept that grows.
public struct KeyDecoder: Sendable {
  private static let escape: UInt8 = 0x1B
  private static let pasteEnd = Array("\u{1B}[201~".utf8)
  /// The most of one paste that is taken.
  private static let pasteLimit = 4096
  private var rest: [UInt8] = []
  private var pasted: [UInt8]?

  /// A decoder that has seen nothing yet.
  public init() {}

  /// Whether something has come that only what follows, or nothing for a moment, makes a key of.
  public var isWaiting: Bool { !rest.isEmpty || pasted != nil }

  /// The keys that these bytes end.
  public mutating func keys(_ bytes: some Sequence<UInt8>) -> [Key] {
    rest += bytes
    var keys: [Key] = []
    while !rest.isEmpty {
      if pasted != nil {
        guard let key = paste() else { break }
        keys += key
      } else {
        guard let (key, length) = first() else { break }
        rest.removeFirst(length)
        if let key { keys.append(key) }
      }
    }
    return keys
  }

  /// The keys that there are when nothing has followed for a moment: an escape alone is one.
  public mutating func silence() -> [Key] {
    defer {
      rest = []
      pasted = nil
    }
    if let pasted { return Self.text(pasted + rest) }
    return rest.first == Self.escape ? [.leave] : []
  }

  private mutating func paste() -> [Key]? {
    let end = Self.place(of: Self.pasteEnd, in: rest)
    // The beginning of the end may have come.
    let count = end ?? max(0, rest.count - Self.pasteEnd.count + 1)
    let room = Self.pasteLimit - (pasted?.count ?? 0)
    pasted?.append(contentsOf: rest.prefix(max(0, min(count, room))))
    rest.removeFirst(end.map { $0 + Self.pasteEnd.count } ?? count)
    guard end != nil else { return nil }
    defer { pasted = nil }
    return Self.text(pasted ?? [])
  }

  private static func place(of end: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= end.count else { return nil }
    return (0...(bytes.count - end.count)).first { bytes[$0...].starts(with: end) }
  }

  /// Text on one line; what is not UTF-8 is left out.
  private static func text(_ bytes: [UInt8]) -> [Key] {
    let text = String(decoding: bytes, as: UTF8.self).unicodeScalars.compactMap { scalar -> Character? in
      if scalar.value < 0x20 { return " " }
      return scalar.isControl || scalar.value == 0xFFFD ? nil : Character(scalar)
    }
    return text.isEmpty ? [] : [.text(String(text))]
  }

  /// The first key and how many bytes it takes; nil while it may go on.
  private mutating func first() -> (Key?, Int)? {
    let byte = rest[0]
    if byte == Self.escape { return sequence() }
    if byte.isControl { return (Self.control(byte), 1) }
    let length = byte < 0x80 ? 1 : byte < 0xC2 ? 0 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : byte < 0xF5 ? 4 : 0
    if length == 0 { return (nil, 1) }
    let bytes = rest.prefix(length)
    if bytes.dropFirst().contains(where: { $0 & 0xC0 != 0x80 }) { return (nil, 1) }
    if bytes.count < length { return nil }
    return (Self.text(Array(bytes)).first, length)
  }

  private mutating func sequence() -> (Key?, Int)? {
    guard rest.count > 1 else { return nil }
    switch rest[1] {
    case Self.escape: return (.leave, 1)
    case UInt8(ascii: "["):
      guard let end = rest.dropFirst(2).firstIndex(where: { !(0x20...0x3F).contains($0) }) else {
        // No terminal sends so long a one.
        return rest.count > 64 ? (nil, rest.count) : nil
      }
      // What is not a sequence's end is not part of one.
      guard (0x40...0x7E).contains(rest[end]) else { return (nil, end) }
      let words = String(decoding: rest[2..<end], as: UTF8.self).split(
        at: ";", omittingEmptySubsequences: false)
      let numbers = words.map { Int($0) ?? 0 }
      if rest[end] == UInt8(ascii: "~"), numbers.first == 200 {
        pasted = []
        return (nil, end + 1)
      }
      return (Self.key(rest[end], numbers), end + 1)
    case UInt8(ascii: "O"):
      guard rest.count > 2 else { return nil }
      return (Self.key(rest[2], []), 3)
    case UInt8(ascii: "b"): return (.wordLeft, 2)
    case UInt8(ascii: "f"): return (.wordRight, 2)
    case UInt8(ascii: "d"): return (.killWordBehind, 2)
    case 0x7F, 0x08: return (.killWordBefore, 2)
    default: return (nil, 2)
    }
  }

  private static func key(_ end: UInt8, _ numbers: [Int]) -> Key? {
    let isWordwise = numbers.count > 1 && [3, 5, 7].contains(numbers[1])
    switch end {
    case UInt8(ascii: "A"): return .up
    case UInt8(ascii: "B"): return .down
    case UInt8(ascii: "C"): return isWordwise ? .wordRight : .right
    case UInt8(ascii: "D"): return isWordwise ? .wordLeft : .left
    case UInt8(ascii: "H"): return .home
    case UInt8(ascii: "F"): return .end
    case UInt8(ascii: "M"): return .enter
    case UInt8(ascii: "Z"): return .markUp
    case UInt8(ascii: "~"):
      switch numbers.first {
      case 1, 7: return .home
      case 4, 8: return .end
      case 3: return .delete
      case 5: return .pageUp
      case 6: return .pageDown
      default: return nil
      }
    default: return nil
    }
  }

  private static func control(_ byte: UInt8) -> Key? {
    switch byte {
    case 0x01: .home
    case 0x02: .left
    case 0x03, 0x07: .leave
    case 0x04: .deleteOrLeave
    case 0x05: .end
    case 0x06: .right
    case 0x08, 0x7F: .backspace
    case 0x09: .mark
    case 0x0A, 0x0E: .down
    case 0x0B, 0x10: .up
    case 0x0C: .redraw
    case 0x0D: .enter
    case 0x0F: .preview
    case 0x15: .killBefore
    case 0x17: .killWordBefore
    case 0x19: .yank
    case 0x1A: .suspend
    default: nil
    }
  }
}
