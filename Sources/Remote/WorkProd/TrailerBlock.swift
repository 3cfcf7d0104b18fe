import Registry

/// The last paragraph of a record's description, in which a plain service keeps what its fields have no room for.
///
/// In the form of git-interpret-trailers(1), behind a blank line; dev-infra-work-prod(5) describes it. Whatever stands
/// around it is a person's text, and left as it is.
struct TrailerBlock: Equatable {
  /// Its lines as keys, without `Dev-Infra-`, and values.
  var lines: [(key: String, value: String)]

  static let prefix = "Dev-Infra-"

  static func == (left: TrailerBlock, right: TrailerBlock) -> Bool { left.text == right.text }

  var text: String { lines.map { "\(Self.prefix)\($0.key): \($0.value)" }.joined(separator: "\n") }

  /// The values of a key, in their order.
  func values(_ key: String) -> [String] { lines.filter { $0.key == key }.map(\.value) }

  /// A description of a person's text and this block.
  func appended(to text: String?) -> String {
    guard let text, !text.isEmpty else { return self.text }
    return "\(text)\n\n\(self.text)"
  }

  /// The keys of the lines that this version writes. A line with another key is a newer version's, and kept.
  static let knownKeys: Set<String> = ["Id", "Project", "Shown", "Checkout", "Machine", "Digest"]

  /// Whether it has lines that nobody but us would write together. A paragraph without is a person's, even where each of
  /// its lines has the form of ours.
  private var isOurs: Bool { lines.count { Self.isOurs($0.key, $0.value) } > 1 }

  /// Whether it has the lines that every block has, so that it is one wherever it stands.
  private var isWhole: Bool {
    ["Id", "Project"].allSatisfy { key in lines.contains { $0.key == key && Self.isOurs($0.key, $0.value) } }
  }

  private static func isOurs(_ key: String, _ value: String) -> Bool {
    switch key {
    case "Id", "Digest": ProjectID(value) != nil
    case "Project": value.utf8.first == UInt8(ascii: "{")
    case "Checkout", "Machine": value.utf8.dropFirst(16).starts(with: " {".utf8)
    default: false
    }
  }

  /// Splits a description into a person's text and the block; nil where there is none.
  ///
  /// The block need not be last: what a person wrote below it is text too, also without a blank line between. Line ends
  /// may have become CR LF on the way.
  static func split(_ description: String) -> (text: String, block: TrailerBlock)? {
    // Nearly every description of another client is done with here.
    guard description.utf8.count > prefix.utf8.count else { return nil }
    let bytes = Array(description.utf8)
    var end = bytes.count
    // Runs of lines of the block's form, from the lowest one up.
    var run: (start: Int, end: Int, lines: [(key: String, value: String)])?
    var hasCR = false
    func found() -> (text: String, block: TrailerBlock)? {
      guard let run else { return nil }
      let block = TrailerBlock(lines: run.lines.reversed())
      guard
        block.isWhole
          || block.isOurs && isBlankAbove(bytes, run.start) && isBlankBelow(bytes, run.end)
      else { return nil }
      return (text(bytes, upTo: run.start, from: run.end, hasCR: hasCR), block)
    }
    while end >= 0 {
      let start = (bytes[..<end].lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
      var line = bytes[start..<end]
      let isCR = line.last == UInt8(ascii: "\r")
      if isCR { line = line.dropLast() }
      if let parsed = parse(line) {
        if run == nil { hasCR = isCR }
        run = (start, run?.end ?? end, (run?.lines ?? []))
        run?.lines.append(parsed)
      } else if run != nil {
        if let found = found() { return found }
        run = nil
      }
      end = start - 1
    }
    return found()
  }

  private static func parse(_ line: ArraySlice<UInt8>) -> (key: String, value: String)? {
    guard line.starts(with: prefix.utf8), let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
      return nil
    }
    let key = line[(line.startIndex + prefix.utf8.count)..<colon]
    guard !key.isEmpty, key.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) || $0 == UInt8(ascii: "-") })
    else {
      return nil
    }
    let value = line[(colon + 1)...].drop { $0 == UInt8(ascii: " ") }
    return (String(decoding: key, as: UTF8.self), String(decoding: value, as: UTF8.self))
  }

  private static func isBlankAbove(_ bytes: [UInt8], _ start: Int) -> Bool {
    guard start > 0 else { return true }
    let above = bytes[..<(start - 1)]
    guard let line = above.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).last else {
      return true
    }
    return line.isEmpty || line.elementsEqual([UInt8(ascii: "\r")])
  }

  private static func isBlankBelow(_ bytes: [UInt8], _ end: Int) -> Bool {
    let rest = bytes[end...]
    guard let first = rest.first else { return true }
    guard first == UInt8(ascii: "\n") || first == UInt8(ascii: "\r") else { return false }
    let behind = rest.drop { $0 == UInt8(ascii: "\r") }.dropFirst().drop { $0 == UInt8(ascii: "\r") }
    return behind.isEmpty || behind.first == UInt8(ascii: "\n")
  }

  /// The person's text around the block: without the blank line above it, and without white space alone below it.
  ///
  /// - Parameter hasCR: whether line ends have become CR LF. Else a CR at the end of the text is the text's.
  private static func text(_ bytes: [UInt8], upTo start: Int, from end: Int, hasCR: Bool) -> String {
    var above = bytes[..<start]
    for _ in 0..<2 where above.last == UInt8(ascii: "\n") {
      above.removeLast()
      if hasCR, above.last == UInt8(ascii: "\r") { above.removeLast() }
    }
    var below = bytes[end...]
    if below.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) { below = [] }
    if above.isEmpty { below = below.drop { $0 == 0x0A || $0 == 0x0D } }
    return String(decoding: above + below, as: UTF8.self)
  }
}
