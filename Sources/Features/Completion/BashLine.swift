import ByteStrings

/// A command line up to the cursor, taken apart as bash and readline do it, and candidates written so that they can
/// stand there.
///
/// readline replaces only a part of the word at the cursor: what stands behind an opening quote, or behind the last
/// character of `COMP_WORDBREAKS`. A candidate is the rest of the word from there on, quoted for that place.
public struct BashLine {
  /// What kind of quotes the cursor is in.
  enum Quotes { case none, single, double, ansi }

  /// The words, unquoted; the last is the one at the cursor, and empty where it has not begun.
  public private(set) var words: [[UInt8]] = []
  private(set) var quotes = Quotes.none
  /// How many of the last word's bytes stand before the part that readline replaces.
  private(set) var kept = 0
  /// Whether the last word has quotes that are closed: which part of it readline replaces is then nobody's guess.
  private var isMixed = false

  /// - Parameter breaks: the value of `COMP_WORDBREAKS`.
  public init(_ line: [UInt8], breaks: [UInt8]) {
    // White space and operators end words; quotes are told apart below; the rest only breaks them for readline.
    let separators = Array(" \t\n|&;()<>".utf8)
    let breaking = Set(breaks).subtracting(separators + Array("\"'`\\".utf8))
    var word: [UInt8] = []
    var index = 0
    while index < line.count {
      let byte = line[index]
      index += 1
      switch quotes {
      case .single:
        if byte == UInt8(ascii: "'") { (quotes, isMixed) = (.none, true) } else { word.append(byte) }
      case .double:
        if byte == UInt8(ascii: "\"") {
          (quotes, isMixed) = (.none, true)
        } else if byte == UInt8(ascii: "\\"), index < line.count, Self.escapedInDouble.contains(line[index]) {
          word.append(line[index])
          index += 1
        } else {
          word.append(byte)
        }
      case .ansi:
        if byte == UInt8(ascii: "'") {
          (quotes, isMixed) = (.none, true)
        } else if byte == UInt8(ascii: "\\") {
          index += Self.appendEscape(line[index...], to: &word)
        } else {
          word.append(byte)
        }
      case .none:
        if byte == UInt8(ascii: "\\") {
          if index < line.count { word.append(line[index]) }
          index += 1
        } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
          quotes = byte == UInt8(ascii: "\"") ? .double : .single
          kept = word.count
        } else if byte == UInt8(ascii: "$"), index < line.count, line[index] == UInt8(ascii: "'") {
          index += 1
          quotes = .ansi
          kept = word.count
        } else if separators.contains(byte) {
          if !word.isEmpty { words.append(word) }
          word = []
          kept = 0
          isMixed = false
        } else {
          word.append(byte)
          if breaking.contains(byte) { kept = word.count }
        }
      }
    }
    words.append(word)
  }

  private static let escapedInDouble = Array("$`\"\\\n".utf8)
  private static let ansiLetters: [UInt8: UInt8] = [
    UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "t"): 9, UInt8(ascii: "n"): 10,
    UInt8(ascii: "v"): 11, UInt8(ascii: "f"): 12, UInt8(ascii: "r"): 13, UInt8(ascii: "e"): 27,
  ]

  /// Appends what an escape in `$'…'` stands for; gives how many bytes it takes behind the backslash.
  private static func appendEscape(_ rest: ArraySlice<UInt8>, to word: inout [UInt8]) -> Int {
    guard let first = rest.first else { return 0 }
    if let control = ansiLetters[first] {
      word.append(control)
      return 1
    }
    let octal = rest.prefix(3).prefix { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
    if octal.isEmpty {
      word.append(first)
      return 1
    }
    word.append(octal.reduce(0) { $0 &* 8 &+ ($1 - UInt8(ascii: "0")) })
    return octal.count
  }

  /// What bash is to put at the cursor for a candidate; nil where it cannot be written there.
  public func reply(_ candidate: Candidate) -> [UInt8]? {
    if let text = written(candidate.word) { return text }
    return candidate.plain.flatMap(written)
  }

  private func written(_ word: [UInt8]) -> [UInt8]? {
    if isMixed { return nil }
    let isPrintable = Self.isPrintable(word)
    // A word with another beginning takes the place of it all, which only works where all of it is replaced.
    guard kept == 0 || word.starts(with: words.last?.prefix(kept) ?? []) else { return nil }
    let rest = kept == 0 ? word : Array(word.dropFirst(kept))
    switch quotes {
    case .none:
      return isPrintable ? Self.backslashed(rest) : Array("$'".utf8) + Self.ansi(rest) + Array("'".utf8)
    case .single: return isPrintable && !rest.contains(UInt8(ascii: "'")) ? rest : nil
    case .double:
      // A history expansion would happen in there, and could not be escaped without a trace.
      guard isPrintable, !rest.contains(UInt8(ascii: "!")) else { return nil }
      return rest.flatMap { Self.escapedInDouble.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
    case .ansi: return Self.ansi(rest)
    }
  }

  private static func isPrintable(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F } || TerminalText.safe(bytes, .line) == bytes
  }

  private static func backslashed(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.allSatisfy({ isPlain[Int($0)] }) { return bytes }
    var text: [UInt8] = []
    for byte in bytes {
      if !isPlain[Int(byte)] { text.append(UInt8(ascii: "\\")) }
      text.append(byte)
    }
    return text
  }

  /// Whether a byte stands for itself in bash.
  private static let isPlain = (0...UInt8.max).map { byte in
    switch byte {
    case 0x80..., UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "_-./,+%@:=".utf8.contains(byte)
    }
  }

  private static func ansi(_ bytes: [UInt8]) -> [UInt8] {
    bytes.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\\"): return [UInt8(ascii: "\\"), byte]
      case 0..<0x20, 0x7F, 0x80...:
        return [UInt8(ascii: "\\")] + [6, 3, 0].map { UInt8(ascii: "0") + (byte >> UInt8($0)) & 7 }
      default: return [byte]
      }
    }
  }
}
