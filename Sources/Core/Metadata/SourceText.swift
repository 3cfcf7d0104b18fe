/// The bytes of a file, and where its lines begin and end.
///
/// Lines end where libyaml ends them: at LF, CR LF, CR, and at U+0085, U+2028 and U+2029.
struct SourceText {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Where the text begins, behind a byte order mark.
  var firstByte: Int { bytes.starts(with: InputCheck.byteOrderMark) ? InputCheck.byteOrderMark.count : 0 }

  func byte(_ index: Int) -> UInt8? { bytes.indices.contains(index) ? bytes[index] : nil }

  /// How many bytes the line break at `index` takes; 0 where there is none.
  func breakLength(at index: Int) -> Int {
    guard index < bytes.count else { return 0 }
    switch bytes[index] {
    case 0x0A: return 1
    case 0x0D: return byte(index + 1) == 0x0A ? 2 : 1
    case 0xC2: return byte(index + 1) == 0x85 ? 2 : 0
    case 0xE2: return byte(index + 1) == 0x80 && (byte(index + 2) == 0xA8 || byte(index + 2) == 0xA9) ? 3 : 0
    default: return 0
    }
  }

  /// How many bytes the line break takes that ends just before `index`.
  func breakLength(before index: Int) -> Int {
    for length in [2, 1, 3] where index >= length && breakLength(at: index - length) == length {
      return length
    }
    return 0
  }

  /// Where the line begins that `index` stands in; a byte order mark belongs to no line.
  func lineStart(_ index: Int) -> Int {
    let first = firstByte
    var index = index
    while index > first, breakLength(before: index) == 0 { index -= 1 }
    return max(index, min(first, bytes.count))
  }

  /// Where the line ends that `index` stands in, its break not included.
  func lineEnd(_ index: Int) -> Int {
    var index = index
    while index < bytes.count, breakLength(at: index) == 0 { index += 1 }
    return index
  }

  /// Where the next line begins.
  func nextLine(_ index: Int) -> Int {
    let end = lineEnd(index)
    return end + breakLength(at: end)
  }

  func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// The blanks at the beginning of the line when nothing else stands before `index`.
  func indentation(before index: Int) -> ArraySlice<UInt8>? {
    let prefix = bytes[lineStart(index)..<index]
    return prefix.allSatisfy(isBlank) ? prefix : nil
  }

  /// The first place from `index` on that is neither blank, nor a line break, nor in a comment.
  func skipTrivia(_ index: Int) -> Int {
    var index = index
    while index < bytes.count {
      let length = breakLength(at: index)
      if length > 0 {
        index += length
      } else if isBlank(bytes[index]) {
        index += 1
      } else if bytes[index] == UInt8(ascii: "#") {
        index = lineEnd(index)
      } else {
        break
      }
    }
    return index
  }

  /// Where the first line begins, from the one at `index` on, that has more than blanks.
  func skipBlankLines(_ index: Int) -> Int {
    var index = index
    while index < bytes.count, bytes[index..<lineEnd(index)].allSatisfy(isBlank) { index = nextLine(index) }
    return index
  }

  /// Whether only blanks or a comment follow in the line.
  func restOfLineIsTrivia(_ index: Int) -> Bool {
    let rest = bytes[index..<lineEnd(index)].drop(while: isBlank)
    return rest.isEmpty || rest.first == UInt8(ascii: "#")
  }

  /// The end of a block scalar's last line without its break; blank lines behind count only where the header keeps them.
  func blockScalarEnd(_ header: Int, _ markedEnd: Int) -> Int {
    let keeps = bytes[header..<blockHeaderEnd(header)].contains(UInt8(ascii: "+"))
    var end = max(markedEnd, lineEnd(header))
    while end > lineEnd(header) {
      let length = breakLength(before: end)
      if length > 0 {
        end -= length
        if keeps { break }
      } else {
        let start = lineStart(end)
        guard !keeps, bytes[start..<end].allSatisfy(isBlank) else { break }
        end = start
      }
    }
    return max(end, lineEnd(header))
  }

  /// Behind a block scalar's indicators: `|`, `>2-` and the like.
  func blockHeaderEnd(_ header: Int) -> Int {
    var end = header + 1
    while let next = byte(end), "+-0123456789".utf8.contains(next) { end += 1 }
    return end
  }

  /// The line break that the file uses: its first one, LF where it has none.
  var lineBreak: [UInt8] {
    let end = lineEnd(0)
    switch breakLength(at: end) {
    case 1, 2: return bytes[end] == 0xC2 ? [0x0A] : Array(bytes[end..<(end + breakLength(at: end))])
    default: return [0x0A]
    }
  }
}
