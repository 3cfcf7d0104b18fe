/// Escapes of JSON that libyaml refuses: `\ud83d\ude00`, two halves of one character.
///
/// Programs that write JSON in ASCII write every character beyond U+FFFF so, and JSON is YAML. Each half is made an escape of the
/// same length before libyaml sees it, so that its marks stay true, and what it reads is put right afterwards.
struct SurrogatePairs {
  /// Where in the input each pair stands, the character that it is, and how it is written.
  private let pairs: [Int: (scalar: Unicode.Scalar, escapes: [UInt8])]

  /// A code point that no file has but by an escape: ``InputCheck`` refuses it.
  private static let stand: Unicode.Scalar = "\u{FFFE}"
  private static let standEscape = Array("\\uFFFE".utf8)

  /// Finds the pairs and puts others in their place.
  init(hidingIn input: UnsafeMutableBufferPointer<UInt8>) {
    var pairs: [Int: (scalar: Unicode.Scalar, escapes: [UInt8])] = [:]
    var index = 0
    while index < input.count {
      guard input[index] == UInt8(ascii: "\\") else {
        index += 1
        continue
      }
      let high = Self.unit(input, index)
      let low = Self.unit(input, index + 6)
      if let high, let low, (0xD800..<0xDC00).contains(high), (0xDC00..<0xE000).contains(low),
        let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
      {
        pairs[index] = (scalar, Array(input[index..<(index + 12)]))
        for (offset, byte) in (Self.standEscape + Self.standEscape).enumerated() {
          input[index + offset] = byte
        }
        index += 12
      } else {
        // A backslash behind a backslash begins nothing.
        index += 2
      }
    }
    self.pairs = pairs
  }

  /// The number of `\uXXXX` at `index`.
  private static func unit(_ input: UnsafeMutableBufferPointer<UInt8>, _ index: Int) -> UInt32? {
    guard index + 6 <= input.count, input[index] == UInt8(ascii: "\\"), input[index + 1] == UInt8(ascii: "u")
    else { return nil }
    let digits = String(decoding: input[(index + 2)..<(index + 6)], as: UTF8.self)
    return digits.utf8.allSatisfy { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }
      ? UInt32(digits, radix: 16) : nil
  }

  /// What a scalar's text is without the stand-ins.
  ///
  /// - Parameters:
  ///   - raw: what libyaml read it from.
  ///   - isEscaped: whether it is in double quotes; elsewhere a backslash is itself.
  func shown(_ text: String, _ raw: Slice<UnsafeMutableBufferPointer<UInt8>>, isEscaped: Bool) -> String {
    if pairs.isEmpty || !raw.indices.contains(where: { pairs[$0] != nil }) { return text }
    return isEscaped ? unescaped(text, raw) : literal(text, raw)
  }

  /// The stand-ins of the text stand for the escapes of the source in their order; some of these may be the file's own.
  private func unescaped(_ text: String, _ raw: Slice<UnsafeMutableBufferPointer<UInt8>>) -> String {
    var found: [Unicode.Scalar?] = []
    var index = raw.startIndex
    while index < raw.endIndex {
      guard raw[index] == UInt8(ascii: "\\"), index + 1 < raw.endIndex else {
        index += 1
        continue
      }
      if let pair = pairs[index] {
        found += [pair.scalar, nil]
        index += 12
        continue
      }
      let digits = raw[index + 1] == UInt8(ascii: "u") ? 4 : raw[index + 1] == UInt8(ascii: "U") ? 8 : 0
      let number = UInt32(
        String(decoding: raw[(index + 2)..<min(index + 2 + digits, raw.endIndex)], as: UTF8.self), radix: 16)
      if number == Self.stand.value { found.append(Self.stand) }
      index += 2 + digits
    }
    var scalars = String.UnicodeScalarView()
    var next = found.makeIterator()
    for scalar in text.unicodeScalars {
      if scalar != Self.stand {
        scalars.append(scalar)
      } else if case .some(.some(let real)) = next.next() {
        scalars.append(real)
      }
    }
    return String(scalars)
  }

  /// Where a backslash is itself, the text has the stand-ins' own letters: no blank in them that a line could be folded at.
  private func literal(_ text: String, _ raw: Slice<UnsafeMutableBufferPointer<UInt8>>) -> String {
    let stand = Self.standEscape + Self.standEscape
    var found: [[UInt8]] = []
    var index = raw.startIndex
    while index + stand.count <= raw.endIndex {
      guard raw[index...].starts(with: stand) else {
        index += 1
        continue
      }
      found.append(pairs[index]?.escapes ?? stand)
      index += stand.count
    }
    var bytes = Array(text.utf8)
    var place = 0
    for original in found {
      while place + stand.count <= bytes.count, !bytes[place...].starts(with: stand) { place += 1 }
      guard place + stand.count <= bytes.count else { break }
      bytes.replaceSubrange(place..<(place + stand.count), with: original)
      place += stand.count
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
