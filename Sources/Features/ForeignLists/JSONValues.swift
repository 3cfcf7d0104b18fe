import ByteStrings
import Registry

/// The values of a text in JSON, one at a time: ten thousand repositories of a forge, read as one value, would take more
/// memory than a list may.
///
/// A text is an array, or values behind each other, as lines of JSON and the pages that `gh api --paginate` prints are.
struct JSONValues {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Calls `body` with each value and its number, from 1: those of arrays, and other values themselves.
  ///
  /// - Parameter wrappers: members whose arrays are meant where a value is an object that has one of them.
  func forEach(wrappers: [String] = [], into sink: EntrySink, _ body: (JSON, Int) throws -> Void) throws {
    var number = 0
    func take(_ range: Range<Int>) throws {
      number += 1
      guard range.count <= ListLimits.entry else {
        return try sink.skip(
          "", at: number, .unreadable("is larger than \(ListLimits.entry >> 20) MiB"))
      }
      let value: JSON
      do {
        value = try JSON.parse(
          Array(bytes[range]), maximumDepth: ListLimits.depth, maximumValues: ListLimits.entry / 8)
      } catch {
        return try sink.skip("", at: number, .unreadable("is not JSON: \(error.fault.words)"))
      }
      try body(value, number)
    }
    var position = space(from: 0)
    while position < bytes.count {
      let end = try self.end(from: position)
      if bytes[position] == UInt8(ascii: "[") {
        guard bytes[end - 1] == UInt8(ascii: "]") else {
          throw ListError.malformed(line: line(at: end), "an array of JSON ends in a brace")
        }
        try elements(position..<end, take)
      } else if bytes[position] == UInt8(ascii: "{") {
        if let inner = try array(in: position..<end, named: wrappers) {
          try elements(inner, take)
        } else {
          try take(position..<end)
        }
      } else {
        throw ListError.malformed(line: line(at: position), "it is neither an array nor objects of JSON")
      }
      position = space(from: end)
    }
  }

  /// The items of the array in a range.
  private func elements(_ range: Range<Int>, _ body: (Range<Int>) throws -> Void) throws {
    var position = space(from: range.lowerBound + 1)
    while position < range.upperBound - 1 {
      let end = try self.end(from: position)
      try body(position..<end)
      position = space(from: end)
      guard position < range.upperBound - 1 else { return }
      guard bytes[position] == UInt8(ascii: ",") else {
        throw ListError.malformed(line: line(at: position), "a comma is missing between two values of JSON")
      }
      position = space(from: position + 1)
    }
  }

  /// The first array that a member of the object in a range is, of those with one of some names.
  private func array(in range: Range<Int>, named names: [String]) throws -> Range<Int>? {
    guard !names.isEmpty else { return nil }
    var position = space(from: range.lowerBound + 1)
    while position < range.upperBound - 1, bytes[position] == UInt8(ascii: "\"") {
      let nameEnd = try end(from: position)
      let name = bytes[(position + 1)..<(nameEnd - 1)]
      let colon = space(from: nameEnd)
      guard colon < range.upperBound, bytes[colon] == UInt8(ascii: ":") else { return nil }
      let start = space(from: colon + 1)
      guard start < range.upperBound else { return nil }
      let end = try end(from: start)
      if bytes[start] == UInt8(ascii: "["), names.contains(where: { name.elementsEqual($0.utf8) }) {
        return start..<end
      }
      position = space(from: end)
      guard position < range.upperBound - 1, bytes[position] == UInt8(ascii: ",") else { return nil }
      position = space(from: position + 1)
    }
    return nil
  }

  /// Where the value ends that begins at `start`: its brackets and quotes are counted, and nothing else of it is looked at.
  private func end(from start: Int) throws -> Int {
    var depth = 0
    var position = start
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
          position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position += 1
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        position += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        // The end of what is around a number or a word.
        if depth == 0 { return position }
        depth -= 1
        position += 1
      case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ":"), 0:
        if depth == 0 { return position }
        position += 1
        continue
      default:
        position += 1
        if depth == 0, position < bytes.count {
          switch bytes[position] {
          case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D, 0, UInt8(ascii: "}"), UInt8(ascii: "]"):
            return position
          default: continue
          }
        }
        continue
      }
      if depth == 0 { break }
    }
    guard depth == 0, position <= bytes.count else {
      throw ListError.malformed(line: line(at: bytes.count), "it ends in the middle of a value of JSON")
    }
    return position
  }

  /// Records that end in NUL have no other end.
  private func space(from start: Int) -> Int {
    var position = start
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D, 0].contains(bytes[position]) { position += 1 }
    return position
  }

  private func line(at position: Int) -> Int {
    1 + bytes.prefix(position).count { $0 == 0x0A }
  }
}

extension JSON {
  var isTrue: Bool { self == .bool(true) }
}
