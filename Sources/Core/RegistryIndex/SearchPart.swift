import ByteStrings

/// How well a part of a search fits a text, the worst first.
public enum PartGrade: Int, Comparable, Sendable {
  /// Its characters stand there in their order, the first at the beginning of a word.
  case scattered
  /// Each of its characters follows the one before, or begins a word: `di` or `devinf` for `dev-infra`.
  case abbreviation
  /// It stands inside a word.
  case inside
  /// It begins a word that is not the first.
  case wordStart
  /// The text begins with it.
  case start
  /// The text is the part, from end to end.
  case whole

  /// By how well they fit.
  public static func < (left: PartGrade, right: PartGrade) -> Bool { left.rawValue < right.rawValue }
}

/// One of the words that a person looks for a project by.
///
/// Case counts where the part has a capital. A word begins at the text's beginning, behind what is not a letter or digit, at a
/// capital behind a small letter, and where digits and letters meet.
public struct SearchPart: Sendable {
  /// Bytes of a part, and of a text, that count: beyond that nothing is looked for, so that no text makes it slow.
  static let limit = 4096
  private let bytes: [UInt8]
  private let countsCase: Bool
  private let isASCII: Bool

  /// - Parameter text: the part; not empty.
  public init(_ text: some Collection<UInt8>) {
    let given = Array(text.prefix(Self.limit))
    isASCII = given.allSatisfy { $0 < 0x80 }
    countsCase =
      isASCII
      ? given.contains { (0x41...0x5A).contains($0) }
      : String(decoding: given, as: UTF8.self).unicodeScalars.contains { $0.properties.isUppercase }
    bytes = countsCase ? given : Self.folded(given)
  }

  /// The parts of a text between white space, and between slashes.
  public static func parts(of text: [UInt8]) -> [SearchPart] {
    text.prefix(limit).split { $0 == 0x20 || (0x09...0x0D).contains($0) || $0 == UInt8(ascii: "/") }.prefix(
      64
    )
    .map { SearchPart($0) }
  }

  /// How well it fits a text; nil where that is worse than `least`, or not at all.
  public func grade(in text: UnsafeBufferPointer<UInt8>, least: PartGrade = .scattered) -> PartGrade? {
    guard !bytes.isEmpty, !text.isEmpty, text.count <= Self.limit else { return nil }
    if !isASCII, !countsCase, text.contains(where: { $0 >= 0x80 }) {
      return Self.folded(Array(text)).withUnsafeBufferPointer { grade(inFolded: $0, least) }
    }
    return grade(inFolded: text, least)
  }

  private func grade(inFolded text: UnsafeBufferPointer<UInt8>, _ least: PartGrade) -> PartGrade? {
    if let place = bestPlace(in: text) {
      let grade: PartGrade =
        place > 0
        ? (Self.beginsWord(place, in: text) ? .wordStart : .inside)
        : text.count == bytes.count ? .whole : .start
      return grade >= least ? grade : nil
    }
    guard least < .inside, isScattered(in: text) else { return nil }
    if abbreviation(in: text) != nil { return .abbreviation }
    return least == .scattered && scattered(in: text) != nil ? .scattered : nil
  }

  /// The last place before `end` where it stands in one piece; nil where there is none.
  func lastPlace(in text: UnsafeBufferPointer<UInt8>, before end: Int? = nil) -> Int? {
    if !isASCII, !countsCase, text.contains(where: { $0 >= 0x80 }) {
      return Self.folded(Array(text)).withUnsafeBufferPointer { lastPlace(inFolded: $0, before: end) }
    }
    return lastPlace(inFolded: text, before: end)
  }

  private func lastPlace(inFolded text: UnsafeBufferPointer<UInt8>, before end: Int?) -> Int? {
    var place = min(end ?? text.count, text.count) - bytes.count
    guard place >= 0, text.count <= Self.limit else { return nil }
    while place >= 0 {
      if stands(at: place, in: text) { return place }
      place -= 1
    }
    return nil
  }

  /// What stands in every text that it fits in one piece, also where that is quoted, with whether capitals count as small
  /// letters; nil where no bytes are the same in each.
  var needle: (bytes: [UInt8], foldsCase: Bool)? {
    bytes.allSatisfy(Quoting.isPlainASCII) ? (bytes, !countsCase) : nil
  }

  /// Its length in bytes.
  var count: Int { bytes.count }

  /// Where in a text its characters are, to be shown; empty where it does not fit.
  public func positions(in text: [UInt8]) -> [Int] {
    guard !bytes.isEmpty, text.count <= Self.limit else { return [] }
    var text = text
    if !isASCII, !countsCase {
      let folded = Self.folded(text)
      // What folding made longer has other positions.
      guard folded.count == text.count else { return [] }
      text = folded
    }
    return text.withUnsafeBufferPointer { text in
      if let place = bestPlace(in: text) { return Array(place..<(place + bytes.count)) }
      guard isScattered(in: text) else { return [] }
      return abbreviation(in: text) ?? scattered(in: text) ?? []
    }
  }

  // MARK: In one piece

  /// Where it stands best: at the beginning, else at that of a word, else anywhere.
  private func bestPlace(in text: UnsafeBufferPointer<UInt8>) -> Int? {
    guard text.count >= bytes.count else { return nil }
    var found: Int?
    for place in 0...(text.count - bytes.count) where stands(at: place, in: text) {
      if place == 0 || Self.beginsWord(place, in: text) { return place }
      found = found ?? place
    }
    return found
  }

  @inline(__always)
  private func stands(at place: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
    for index in 0..<bytes.count where !fits(text[place + index], bytes[index]) { return false }
    return true
  }

  @inline(__always)
  private func fits(_ byte: UInt8, _ wanted: UInt8) -> Bool {
    byte == wanted || !countsCase && byte &- 0x41 < 26 && byte | 0x20 == wanted
  }

  // MARK: In pieces

  private func isScattered(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = 0
    for byte in text where fits(byte, bytes[index]) {
      index += 1
      if index == bytes.count { return true }
    }
    return false
  }

  /// Each character behind the one before, or at the beginning of a word.
  private func abbreviation(in text: UnsafeBufferPointer<UInt8>) -> [Int]? {
    // What has been tried in vain, so that the time is bounded by the product of both lengths.
    var failed: Set<Int> = []
    func find(_ index: Int, _ previous: Int) -> [Int]? {
      if index == bytes.count { return [] }
      let key = index * (Self.limit + 1) + previous + 1
      if failed.contains(key) { return nil }
      let next = previous + 1
      if index > 0, next < text.count, fits(text[next], bytes[index]), let rest = find(index + 1, next) {
        return [next] + rest
      }
      // Within a character nothing begins.
      if bytes[index] & 0xC0 != 0x80, next < text.count {
        for place in next..<text.count
        where fits(text[place], bytes[index]) && Self.beginsWord(place, in: text) {
          if let rest = find(index + 1, place) { return [place] + rest }
        }
      }
      failed.insert(key)
      return nil
    }
    // A recursion as deep as the part is long; no name is longer.
    return bytes.count <= 128 && text.count <= 512 ? find(0, -1) : nil
  }

  /// In their order, the first at the beginning of a word.
  private func scattered(in text: UnsafeBufferPointer<UInt8>) -> [Int]? {
    for start in text.indices where fits(text[start], bytes[0]) && Self.beginsWord(start, in: text) {
      var positions = [start]
      for place in (start + 1)..<max(start + 1, text.count)
      where positions.count < bytes.count && fits(text[place], bytes[positions.count]) {
        positions.append(place)
      }
      // From a later word on there is no more than from this one.
      return positions.count == bytes.count ? positions : nil
    }
    return nil
  }

  // MARK: Letters

  static func beginsWord(_ place: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
    if place == 0 { return true }
    let (before, here) = (text[place - 1], text[place])
    // Within a character nothing begins.
    if here & 0xC0 == 0x80 { return false }
    if !isWord(before) { return isWord(here) }
    if isCapital(here) { return !isCapital(before) }
    return isDigit(here) != isDigit(before) && isWord(here)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
  private static func isCapital(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
  private static func isWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || isDigit(byte) || (byte | 0x20) &- 0x61 < 26
  }

  /// In small letters, scalar by scalar; bytes that are not UTF-8 stay.
  private static func folded(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.allSatisfy({ $0 < 0x80 }) { return bytes.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 } }
    var text = ""
    for scalar in ByteText.string(from: bytes).unicodeScalars { text += scalar.properties.lowercaseMapping }
    return ByteText.bytes(of: text)
  }
}
